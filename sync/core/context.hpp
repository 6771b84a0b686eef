#pragma once
// What the parts of one session share: who we are, what time it is, and the list of things to do.

#include "sync/core/messages.hpp"

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace cunzheng::sync {

// Why the session must end now; whoever returns one has done nothing else.
struct Closing {
  CloseReason reason = CloseReason::done;
  std::string detail;  // for logs: ids and numbers only
};

struct Context {
  Context(const SessionOptions& own_options, const Directory& own_directory)
      : options(own_options), directory(own_directory) {}

  const SessionOptions& options;
  const Directory& directory;
  std::string body;  // whose scope is exchanged
  Instant now;       // never goes back
  std::vector<Output> outputs;
  Ticket last_ticket = 0;

  void send(const Message& message) { outputs.push_back(out::Send{to_frame(message)}); }
  Ticket new_ticket() { return ++last_ticket; }

  // Once for each kind and journal in the life of a session.
  void alarm(AlarmKind kind, const journal::JournalId& journal, journal::Seq seq) {
    if (alarmed_.emplace(kind, journal).second) outputs.push_back(out::Alarm{kind, journal, seq});
  }

  bool is_laptop() const { return options.role == SessionOptions::Role::laptop; }
  bool is_own(const journal::JournalId& journal) const { return directory.is_own(journal); }
  bool is_of_hub(const journal::JournalId& journal) const {
    return directory.is_of_hub(journal) || directory.key_of(journal) == options.hub_key;
  }

  // The peer has a branch of this journal, which differs from ours at or before `seq`.
  void alarm_branch(const journal::JournalId& journal, journal::Seq seq) {
    if (!is_laptop()) {
      if (is_own(journal)) alarm(AlarmKind::shown_newer_self, journal, seq);
    } else if (is_own(journal)) {
      alarm(AlarmKind::own_journal_diverged, journal, seq);
    } else if (is_of_hub(journal)) {
      alarm(AlarmKind::hub_forked, journal, seq);
    }
  }

 private:
  std::set<std::pair<AlarmKind, journal::JournalId>> alarmed_;
};

}  // namespace cunzheng::sync
