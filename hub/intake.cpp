#include "hub/intake.hpp"

#include <algorithm>

namespace cunzheng::hub {
namespace {

// The last head of each journal among the ranges.
std::vector<journal::Head> ends_of(std::span<const journal::Range> ranges) {
  std::map<journal::JournalId, journal::Head> ends;
  for (const auto& range : ranges) ends[range.journal] = range.head.head;
  std::vector<journal::Head> out;
  for (const auto& [id, head] : ends) out.push_back(head);
  return out;
}

// What to call when receipts are written: the ids are of no interest.
Ledger::Written without_ids(std::function<void(Status)> done) {
  return [done = std::move(done)](const Result<std::vector<journal::EntryId>>& written) {
    if (!written) return done(tl::make_unexpected(written.error()));
    done({});
  };
}

// Places among these ranges of which nothing but a stub came, and nothing was here.
std::vector<store::Lacking> stubs_among(store::EntryStore& store, std::span<const journal::Range> ranges) {
  std::vector<store::FsckReport::Damage> stubs;
  for (const auto& range : ranges) {
    if (!range.items.front().is_stub()) continue;  // a stub stands alone
    const auto held = store.item({range.journal, range.first});
    if (held && held->item.is_stub()) stubs.push_back({{range.journal, range.first}, {}, true});
  }
  return store::lacking_among(store, stubs);
}

}  // namespace

Intake::Intake(link::Loop& loop, store::StoreThread& store, Directory& directory, Ledger& ledger, Random& random,
               StoreWatch watch, std::function<void(const journal::JournalId&)> outrun)
    : loop_(loop),
      store_(store),
      directory_(directory),
      ledger_(ledger),
      random_(random),
      watch_(std::move(watch)),
      outrun_(std::move(outrun)) {}

std::vector<journal::Draft> Intake::receipts_for(std::span<const journal::Head> ends) {
  std::vector<journal::Draft> drafts;
  for (const auto& end : ends) {
    // A tail of our own that came back; a branch, whose places are those of another line.
    if (directory_.is_own(end.journal) || directory_.is_branch(end.journal)) continue;
    drafts.push_back(journal::draft_of(journal::Received{end}, {}, {}, random_));
  }
  return drafts;
}

void Intake::take(const std::string& body, std::vector<journal::Range> ranges, std::function<void(Status)> done) {
  if (ledger_.is_outrun_by(ranges)) begin_epoch(ranges, ranges.front().journal);
  if (!directory_.goes_on(ranges)) return take_overlapping(body, std::move(ranges), std::move(done));
  directory_.pending(ranges);
  ledger_.saw_again(ranges);
  auto drafts = receipts_for(ends_of(ranges));
  if (!drafts.empty()) {
    auto receipts = ledger_.compose(body_journal(body), std::move(drafts));
    std::move(receipts.begin(), receipts.end(), std::back_inserter(ranges));
  }
  ledger_.append(std::move(ranges), std::move(done));
}

void Intake::begin_epoch(std::span<const journal::Range> seen, const journal::JournalId& journal) {
  // Its outcome is that of the appends behind it: after a failure none of them succeeds.
  ledger_.begin_epoch(seen, [](const Result<std::vector<journal::EntryId>>&) {});
  outrun_(journal);
}

void Intake::take_overlapping(const std::string& body, std::vector<journal::Range> ranges,
                              std::function<void(Status)> done) {
  directory_.unsettle(ranges);
  store_.run([this, body, ranges = std::move(ranges), done = std::move(done)](store::EntryStore& store) {
    const auto report = store.append(ranges);
    std::vector<store::JournalInfo> infos;
    for (const auto& info : store.journals()) {
      const auto touches = [&](const journal::Range& range) { return range.journal == info.head.head.journal; };
      if (std::any_of(ranges.begin(), ranges.end(), touches)) infos.push_back(info);
    }
    const auto lacking = report ? stubs_among(store, ranges) : std::vector<store::Lacking>{};
    loop_.post([this, body, ranges, report, infos, lacking, done] {
      directory_.settle(ranges);
      directory_.lack(lacking);
      if (report) return learn(body, *report, infos, ranges, done);
      // A gap, or bytes of another shape, are the sender's affair; anything else has shut the store.
      const auto code = report.error().code;
      if (code != FailureCode::conflict && code != FailureCode::bad_input) watch_.failed(report.error());
      done(tl::make_unexpected(report.error()));
    });
  });
}

void Intake::learn(const std::string& body, const store::AppendReport& report,
                   std::span<const store::JournalInfo> infos, std::span<const journal::Range> ranges,
                   std::function<void(Status)> done) {
  // A village holds another continuation of what this hub went on writing after a restore.
  for (const auto& fork : report.forks) {
    if (ledger_.is_current(fork.of)) begin_epoch({}, fork.of);
  }
  ledger_.saw_again(ranges);
  std::vector<Growth> grown;
  for (const auto& info : infos) {
    for (const auto& growth : directory_.durable(info, ranges)) grown.push_back(growth);
  }
  watch_.stored(grown);
  std::vector<journal::Head> ends;
  for (const auto& growth : grown) ends.push_back(growth.head);
  auto drafts = receipts_for(ends);
  if (drafts.empty()) return done({});
  ledger_.write(body_journal(body), std::move(drafts), without_ids(std::move(done)));
}

}  // namespace cunzheng::hub
