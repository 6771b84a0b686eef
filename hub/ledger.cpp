#include "hub/ledger.hpp"

#include "shared/crypto/hash.hpp"

#include <algorithm>

namespace cunzheng::hub {
namespace {

using journal::JournalKind;

struct LastSaid {
  std::uint64_t lamport = 0;
  std::optional<CivilDate> day;
};

// What the last readable entry of a journal says; each damaged one after it has taken a lamport of its own.
LastSaid last_said(store::EntryStore& store, const journal::Head& end) {
  for (journal::Seq back = 0; back <= end.seq; ++back) {
    const auto stored = store.item({end.journal, end.seq - back});
    if (!stored || stored->item.is_stub()) continue;
    const auto entry = journal::parse_entry(stored->item.entry);
    if (entry) return {entry->lamport + back, local_date(entry->claimed.at)};
  }
  return {end.seq + 1, std::nullopt};
}

}  // namespace

Ledger::Ledger(store::StoreThread& store, Directory& directory, const Clock& clock, Random& random,
               const crypto::SecretKey& hub_key, StoreWatch watch)
    : store_(store),
      directory_(directory),
      clock_(clock),
      random_(random),
      hub_key_(hub_key),
      watch_(std::move(watch)) {}

Status Ledger::load(store::EntryStore& store) {
  for (const auto& end : directory_.ends()) {
    const auto* opening = directory_.opening_of(end.journal);
    if (opening->journal_kind == JournalKind::device) continue;
    epoch_ = std::max(epoch_, opening->epoch);
    const OwnJournal where{opening->journal_kind, opening->body};
    if (directory_.own_journal(where.kind, where.body) != end.journal) continue;  // of an earlier epoch
    const auto last = last_said(store, end);
    // A day's first word is a checkpoint, so a district journal that spoke today has had today's.
    if (where == district_journal) checkpoint_day_ = last.day;
    own_.insert_or_assign(
        where, Own{opening->epoch, journal::Writer(end, last.lamport, crypto::key_pair_from_seed(hub_key_.seed()))});
  }
  return {};
}

journal::WriterContext Ledger::context(const OwnJournal& where) const {
  journal::WriterContext context;
  context.claimed = {clock_.now(), ClockConfidence::plausible, 0};
  const auto known = [&](const OwnJournal& of) {
    const auto found = own_.find(of);
    if (found == own_.end()) return journal::Known{};
    return journal::Known{found->second.epoch, found->second.writer.head().seq};
  };
  context.known_district = known(district_journal);
  if (where.kind == JournalKind::body) context.known_body = known(where);
  return context;
}

journal::Writer Ledger::open(const OwnJournal& where, std::optional<journal::Head> predecessor,
                             std::vector<journal::Range>& opened) {
  auto key = crypto::key_pair_from_seed(hub_key_.seed());
  journal::JournalOpened opening;
  opening.journal_kind = where.kind;
  opening.body = where.body;
  opening.key = key.public_key;
  opening.epoch = epoch_;
  opening.nonce = draw<16>(random_);
  opening.predecessor = predecessor;
  auto made = journal::Writer::open(opening, std::move(key), context(where), random_);
  opened.push_back(std::move(made.range));
  return std::move(made.writer);
}

journal::Writer& Ledger::writer(const OwnJournal& where, std::vector<journal::Range>& opened) {
  if (const auto found = own_.find(where); found != own_.end()) return found->second.writer;
  epoch_ = std::max(epoch_, 1U);
  // One that only a village still had and brought back is gone on from.
  std::optional<journal::Head> predecessor;
  if (const auto older = directory_.own_journal(where.kind, where.body)) predecessor = directory_.end_of(*older);
  auto made = open(where, predecessor, opened);
  return own_.insert_or_assign(where, Own{epoch_, std::move(made)}).first->second.writer;
}

void Ledger::checkpoint_if_due(std::vector<journal::Range>& ranges) {
  const auto today = local_date(clock_.now());
  if (checkpoint_day_ == today) return;
  checkpoint_day_ = today;
  const auto ends = directory_.ends();
  const journal::Checkpoint checkpoint{today, ends.size(), crypto::tagged_hash("checkpoint", codec::encode(ends))};
  auto& journal = writer(district_journal, ranges);
  std::vector<journal::Draft> drafts;
  drafts.push_back(journal::draft_of(checkpoint, {}, {}, random_));
  ranges.push_back(journal.write(std::move(drafts), context(district_journal)));
}

std::vector<journal::Range> Ledger::compose(const OwnJournal& where, std::vector<journal::Draft> drafts) {
  std::vector<journal::Range> ranges;
  checkpoint_if_due(ranges);
  auto& journal = writer(where, ranges);
  ranges.push_back(journal.write(std::move(drafts), context(where)));
  return ranges;
}

void Ledger::append(std::vector<journal::Range> ranges, std::function<void(Status)> done) {
  if (failed_) return done(tl::make_unexpected(*failed_));
  directory_.pending(ranges);
  auto kept = ranges;
  store_.append(std::move(ranges),
                [this, kept = std::move(kept), done = std::move(done)](Result<store::AppendReport> report) {
                  if (!report) {
                    // Journals have moved on in memory; even a mere conflict means that memory and disk differ.
                    if (!failed_) {
                      failed_ = report.error();
                      watch_.failed(*failed_);
                    }
                    return done(tl::make_unexpected(report.error()));
                  }
                  watch_.stored(directory_.durable(kept));
                  done({});
                });
}

void Ledger::write(const OwnJournal& where, std::vector<journal::Draft> drafts, Written done) {
  std::vector<Order> orders;
  orders.push_back({where, std::move(drafts)});
  write(std::move(orders), std::move(done));
}

void Ledger::write(std::vector<Order> orders, Written done) {
  for (const auto& order : orders) {
    for (const auto& draft : order.drafts) {
      if (auto fits = journal::check_size(draft); !fits) return done(tl::make_unexpected(std::move(fits).error()));
    }
  }
  std::vector<journal::Range> ranges;
  std::vector<journal::EntryId> ids;
  for (auto& order : orders) {
    auto composed = compose(order.where, std::move(order.drafts));
    for (const auto& item : composed.back().items) ids.push_back(item.id);
    std::move(composed.begin(), composed.end(), std::back_inserter(ranges));
  }
  append(std::move(ranges), [ids = std::move(ids), done = std::move(done)](Status status) {
    if (!status) return done(tl::make_unexpected(status.error()));
    done(ids);
  });
}

void Ledger::saw_again(std::span<const journal::Range> ranges) {
  std::uint64_t highest = 0;
  for (const auto& range : ranges) {
    if (!directory_.is_own(range.journal) || range.items.back().is_stub()) continue;
    if (const auto entry = journal::parse_entry(range.items.back().entry)) highest = std::max(highest, entry->lamport);
  }
  for (auto& [where, own] : own_) own.writer.saw(highest);
}

bool Ledger::is_current(const journal::JournalId& journal) const {
  return std::any_of(own_.begin(), own_.end(),
                     [&](const auto& each) { return each.second.writer.head().journal == journal; });
}

bool Ledger::is_outrun_by(std::span<const journal::Range> ranges) const {
  return std::any_of(ranges.begin(), ranges.end(), [this](const journal::Range& range) {
    const auto opening = opening_in(range);
    if (opening && opening->journal_kind != JournalKind::device && !directory_.is_own(range.journal)) {
      return opening->epoch >= epoch_;
    }
    return std::any_of(own_.begin(), own_.end(), [&](const auto& each) {
      const auto& end = each.second.writer.head();
      const auto& shown = range.head.head;
      return end.journal == shown.journal && (shown.seq > end.seq || (shown.seq == end.seq && shown.id != end.id));
    });
  });
}

void Ledger::begin_epoch(std::span<const journal::Range> seen, Written done) {
  for (const auto& range : seen) {
    const auto opening = opening_in(range);
    if (opening && opening->journal_kind != JournalKind::device) epoch_ = std::max(epoch_, opening->epoch);
  }
  ++epoch_;
  std::vector<journal::Range> ranges;
  std::vector<journal::EntryId> ids;
  for (auto& [where, own] : own_) {
    auto made = open(where, own.writer.head(), ranges);
    made.saw(own.writer.lamport());
    ids.push_back(made.head().id);
    own = Own{epoch_, std::move(made)};
  }
  append(std::move(ranges), [ids = std::move(ids), done = std::move(done)](Status status) {
    if (!status) return done(tl::make_unexpected(status.error()));
    done(ids);
  });
}

}  // namespace cunzheng::hub
