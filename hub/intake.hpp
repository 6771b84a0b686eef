#pragma once
// What the villages send: ranges go to the disk together with the receipts for them, in one commit when they simply
// go on where their journal ended, in two when they overlap, branch off or fill a gap. On the loop thread.

#include "hub/ledger.hpp"
#include "sync/link/loop.hpp"

namespace cunzheng::hub {

class Intake {
 public:
  // Everything handed in outlives the intake. `outrun` hears that a village brought back what this hub had lost: a new
  // epoch has been begun.
  Intake(link::Loop& loop, store::StoreThread& store, Directory& directory, Ledger& ledger, Random& random,
         StoreWatch watch, std::function<void(const journal::JournalId&)> outrun);

  // Ranges of one committee, already verified by the session. `done` when they are durable; their receipts are in
  // `body/<id>` by then. conflict: there is a gap before them, nothing is stored.
  void take(const std::string& body, std::vector<journal::Range> ranges, std::function<void(Status)> done);

 private:
  std::vector<journal::Draft> receipts_for(std::span<const journal::Head> ends);
  void take_overlapping(const std::string& body, std::vector<journal::Range> ranges, std::function<void(Status)> done);
  void learn(const std::string& body, const store::AppendReport& report, std::span<const store::JournalInfo> infos,
             std::span<const journal::Range> ranges, std::function<void(Status)> done);
  void begin_epoch(std::span<const journal::Range> seen, const journal::JournalId& journal);

  link::Loop& loop_;
  store::StoreThread& store_;
  Directory& directory_;
  Ledger& ledger_;
  Random& random_;
  StoreWatch watch_;
  std::function<void(const journal::JournalId&)> outrun_;
};

}  // namespace cunzheng::hub
