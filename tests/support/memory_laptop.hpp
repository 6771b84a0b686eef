#pragma once
// A laptop made of memory: real keys, real enrolment, real TLS, real session, no disk and no rules. Its certificates
// are made before they are sent, so that what is measured is the link and the hub; what it is sent can be looked at in
// plain.

#include "shared/crypto/system_random.hpp"
#include "shared/journal/writer.hpp"
#include "sync/link/connector.hpp"
#include "sync/program/grant.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace cunzheng::test {

class MemoryLaptop final : public link::Host, public sync::Directory {
 public:
  // Enrols at once with the hub at `address`. Thrown (std::runtime_error) if that fails. The tap hears of all frames.
  MemoryLaptop(link::Loop& loop, const std::string& address, const std::string& code, link::FrameTap tap = {});

  // Writes `count` certificates drawn from `seed`, a signed head every `per_head`.
  void write_certificates(std::size_t count, std::size_t per_head, std::uint64_t seed = 20240601);
  journal::Seq last() const { return writer_->head().seq; }
  const std::vector<journal::Range>& own() const { return own_; }  // its whole journal, as it travels
  std::size_t text_bytes() const { return text_bytes_; }
  const crypto::KeyPair& device() const { return device_; }
  const program::Grant& grant() const { return grant_; }

  // Connects and stays; the caller runs the loop.
  void connect();
  bool hub_holds_all() const { return held_by_hub_ >= last(); }
  bool is_in_step() const { return is_in_step_; }
  const std::optional<Failure>& trouble() const { return trouble_; }  // why the last connection did not come about
  std::size_t received() const { return received_; }                  // entries

  // ---- link::Host
  void opened(const link::SessionInfo&) override {}
  void store(const link::SessionInfo&, std::vector<journal::Range> ranges, Stored done) override;
  void load(const link::SessionInfo&, const sync::out::Load& wanted, Loaded done) override;
  void peer_holds(const link::SessionInfo&, const sync::out::PeerHolds& place) override;
  void in_step(const link::SessionInfo&) override { is_in_step_ = true; }
  void alarm(const link::SessionInfo&, const sync::out::Alarm& alarm) override;
  void closed(const link::SessionInfo&, const link::Ending&) override {}
  void refused(const link::SessionInfo&, const link::Ending& ending) override;

  // ---- sync::Directory
  Result<Admission> admit(const crypto::PublicKey& device) const override;
  std::vector<journal::Head> scope(const std::string& body) const override;
  std::optional<crypto::PublicKey> key_of(const journal::JournalId& journal) const override;
  Result<crypto::PublicKey> admit_journal(const journal::Entry& opening, const journal::JournalId& id,
                                          const std::string& body) const override;
  bool is_own(const journal::JournalId& journal) const override;

 private:
  link::Loop& loop_;
  link::HubAddress hub_;
  crypto::SystemRandom random_;
  crypto::KeyPair device_;
  program::Grant grant_;
  link::Pin pin_{};
  std::optional<journal::Writer> writer_;
  std::vector<journal::Range> own_;  // in order
  struct Heard {
    journal::Head end;
    crypto::PublicKey key;
  };
  std::map<journal::JournalId, Heard> heard_;  // what the hub sent; the entries themselves are let go
  std::unique_ptr<link::Connector> connector_;
  journal::Seq held_by_hub_ = 0;
  std::size_t text_bytes_ = 0;
  std::size_t received_ = 0;
  bool is_in_step_ = false;
  std::optional<Failure> trouble_;
  link::FrameTap tap_;
};

}  // namespace cunzheng::test
