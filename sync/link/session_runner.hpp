#pragma once
// Drives one Session: frames and timers in, what it wants done out to Host and Wire. Plain code, for both ends and
// for tests without a network.

#include "sync/link/host.hpp"

#include <deque>
#include <memory>

namespace cunzheng::link {

class SessionRunner final : public Talk, public std::enable_shared_from_this<SessionRunner> {
 public:
  // Made by make_shared. `wire` lives until link_down; `host` outlives the runner.
  SessionRunner(sync::Session session, SessionInfo info, Wire& wire, Host& host, FrameTap tap);

  void link_up(const Hash& binding) override;
  void frame(Bytes frame) override;
  void alive() override;
  void timer() override;
  void leave() override;
  void link_down(const Ending& ending) override;

  void journal_grew(const journal::Head& head, bool is_new);

  const SessionInfo& info() const { return info_; }
  bool is_open() const { return info_.peer.has_value() && !is_over_; }

 private:
  void feed(sync::Input input);
  void note_peer();
  void carry_out(sync::Output output);

  sync::Session session_;
  SessionInfo info_;
  Wire& wire_;
  Host& host_;
  FrameTap tap_;
  std::deque<sync::Input> inputs_;
  bool is_stepping_ = false;
  bool is_over_ = false;  // the wire is gone
};

}  // namespace cunzheng::link
