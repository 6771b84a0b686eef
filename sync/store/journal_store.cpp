#include "sync/store/journal_store.hpp"

#include "shared/base/verify.hpp"

#include <algorithm>

namespace cunzheng::store {
namespace {

using journal::EntryId;
using journal::JournalId;
using journal::Range;
using journal::Seq;
using journal::SignedHead;

Failure is_shut() {
  return {FailureCode::unavailable,
          {"存储在一次写入失败后已关闭，请检查磁盘后重新打开程序",
           "the store is shut since a write failed; check the disk and open the program again"},
          {},
          {}};
}

// What went wrong of this one call, as opposed to the disk.
bool is_refusal(const Failure& failure) {
  return failure.code == FailureCode::conflict || failure.code == FailureCode::bad_input;
}

journal::Item item_of(Kept&& kept) {
  journal::Item item{*kept.id, std::move(kept.entry), std::nullopt};
  if (!item.is_stub() && kept.part == Kept::Part::held) item.private_part = std::move(kept.private_part);
  return item;
}

std::size_t size_of(const Kept& kept) { return kept.entry.size() + kept.private_part.size(); }

// Collects items into ranges that end at heads. `heads` are those of the line from the first item on.
class Cutter {
 public:
  Cutter(const JournalInfo& line, Seq from, const std::map<Seq, SignedHead>& heads)
      : journal_(line.head.head.journal), heads_(heads), open_{journal_, from, {}, {}} {}

  bool has_something() const { return !ranges_.empty() || can_end_.has_value(); }

  void take(journal::Item item) {
    open_.items.push_back(std::move(item));
    if (heads_.contains(open_.last())) can_end_ = open_.last();
  }

  // A stub stands alone. False: there are no heads for that; nothing may follow.
  bool take_stub(Seq seq, const std::optional<EntryId>& id) {
    const auto head = heads_.find(seq);
    if (head == heads_.end()) return false;
    if (!open_.items.empty()) {
      if (can_end_ != seq - 1) return false;
      end_range();
    }
    ranges_.push_back({journal_, seq, {journal::Item{id.value_or(head->second.head.id), {}, std::nullopt}}, head->second});
    open_ = {journal_, seq + 1, {}, {}};
    return true;
  }

  std::vector<Range> finish() {
    if (can_end_) end_range();
    return std::move(ranges_);
  }

 private:
  void end_range() {
    open_.items.resize(*can_end_ - open_.first + 1);
    open_.head = heads_.at(*can_end_);
    ranges_.push_back(std::move(open_));
    open_ = {journal_, *can_end_ + 1, {}, {}};
    can_end_.reset();
  }

  JournalId journal_;
  const std::map<Seq, SignedHead>& heads_;
  std::vector<Range> ranges_;
  Range open_;
  std::optional<Seq> can_end_;  // the last place of `open_` that has a head
};

}  // namespace

JournalStore::JournalStore(std::unique_ptr<Engine> engine, const std::vector<JournalInfo>& lines)
    : engine_(std::move(engine)) {
  for (const auto& line : lines) take_over(line);
}

const JournalInfo* JournalStore::line(const JournalId& id) const {
  const auto found = lines_.find(id);
  return found == lines_.end() ? nullptr : &found->second;
}

std::vector<JournalId> JournalStore::lines_of(const JournalId& journal) const {
  const auto found = by_journal_.find(journal);
  if (found == by_journal_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

Result<Glance> JournalStore::glance(const Place& place) {
  TRY(const auto kept, engine_->load(place));
  return glance_at(kept);
}

Result<bool> JournalStore::has_head(const Place& place) {
  TRY(const auto heads, engine_->heads(place.journal, place.seq, 1));
  return !heads.empty() && heads.front().head.seq == place.seq;
}

Status JournalStore::check_open() const {
  if (shut_) return tl::make_unexpected(is_shut());
  return {};
}

Status JournalStore::commit(const Changes& changes) {
  if (changes.empty()) return {};
  if (auto done = engine_->commit(changes); !done) {
    shut_ = true;
    return done;
  }
  for (const auto& [id, line] : changes.lines) take_over(line);
  return {};
}

void JournalStore::take_over(const JournalInfo& line) {
  lines_.insert_or_assign(line.id, line);
  by_journal_[line.head.head.journal].insert(line.id);
}

bool JournalStore::holds(const Place& place) const {
  const auto* found = line(place.journal);
  return found != nullptr && found->first <= place.seq && place.seq <= found->head.head.seq;
}

std::vector<Result<AppendReport>> JournalStore::append_group(std::span<const std::span<const Range>> calls) {
  std::vector<Result<AppendReport>> answers;
  answers.reserve(calls.size());
  if (const auto open = check_open(); !open) {
    answers.assign(calls.size(), tl::make_unexpected(open.error()));
    return answers;
  }

  Join join(*this);
  std::optional<Failure> broken;  // the disk: nobody's call can be made durable
  for (const auto& call : calls) {
    answers.push_back(join.add(call));
    if (!answers.back() && !is_refusal(answers.back().error())) broken = answers.back().error();
  }
  if (broken) shut_ = true;
  if (!broken) {
    if (const auto done = commit(join.changes()); !done) broken = done.error();
  }
  if (broken) {
    for (auto& answer : answers) {
      if (answer || !is_refusal(answer.error())) answer = tl::make_unexpected(*broken);
    }
  }
  return answers;
}

Status JournalStore::add_heads(std::span<const SignedHead> heads) {
  CHECK(check_open());
  Changes changes;
  for (const auto& head : heads) {
    std::optional<Place> place;
    for (const auto& name : lines_of(head.head.journal)) {
      const Place candidate{name, head.head.seq};
      if (!holds(candidate)) continue;
      TRY(const auto held, glance(candidate));
      if (held.id && *held.id != head.head.id) continue;
      place = candidate;
      if (held.id) break;
    }
    if (!place) {
      const auto seq = std::to_string(head.head.seq);
      return fail(FailureCode::conflict, {"没有与签名相符的第" + seq + "条", "no entry " + seq + " with the signed id is held"},
                  "seq " + seq);
    }
    TRY(const bool is_held, has_head(*place));
    if (!is_held) changes.heads.emplace_back(place->journal, head);
  }
  return commit(changes);
}

Result<std::map<Seq, SignedHead>> JournalStore::heads_from(const JournalInfo& line, Seq from, std::size_t most) {
  TRY(const auto found, engine_->heads(line.id, from, most));
  std::map<Seq, SignedHead> heads;
  for (const auto& head : found) heads.emplace(head.head.seq, head);
  heads.emplace(line.head.head.seq, line.head);
  return heads;
}

Result<std::vector<Range>> JournalStore::read(const JournalId& id, Seq from, ReadLimit limit) {
  CHECK(check_open());
  const auto* found = line(id);
  if (found == nullptr) return fail(FailureCode::not_found, {"没有这个日志", "no such journal is held"});
  from = std::max(from, found->first);
  TRY(const auto heads, heads_from(*found, from, limit.items + 1));

  Cutter cutter(*found, from, heads);
  std::size_t items = 0;
  std::size_t bytes = 0;
  auto seq = from;
  for (; seq <= found->head.head.seq; ++seq) {
    TRY(auto kept, engine_->load({id, seq}));
    const bool is_full = items + 1 > limit.items || bytes + size_of(kept) > limit.bytes;
    if (is_full && cutter.has_something()) break;
    ++items;
    bytes += size_of(kept);
    if (kept.is_whole()) {
      cutter.take(item_of(std::move(kept)));
    } else if (!cutter.take_stub(seq, kept.id)) {
      break;
    }
  }

  auto ranges = cutter.finish();
  if (ranges.empty() && seq <= found->head.head.seq) {
    const auto place = std::to_string(seq);
    return fail(FailureCode::unreadable,
                {"第" + place + "条已损坏，其前后没有签名可供分段", "entry " + place + " is damaged and no head is there to cut at"},
                "seq " + place);
  }
  return ranges;
}

std::vector<JournalInfo> JournalStore::journals() const {
  std::vector<JournalInfo> infos;
  infos.reserve(lines_.size());
  for (const auto& [id, info] : lines_) infos.push_back(info);
  return infos;
}

std::optional<JournalInfo> JournalStore::journal(const JournalId& id) const {
  const auto* found = line(id);
  if (found == nullptr) return std::nullopt;
  return *found;
}

Result<StoredItem> JournalStore::item(const Place& place) {
  CHECK(check_open());
  const auto seq = std::to_string(place.seq);
  if (!holds(place)) return fail(FailureCode::not_found, {"没有第" + seq + "条", "no entry " + seq + " is held"});
  TRY(auto kept, engine_->load(place));
  if (!kept.id) {
    return fail(FailureCode::unreadable, {"第" + seq + "条已损坏", "entry " + seq + " is damaged"}, "seq " + seq);
  }
  return StoredItem{place, item_of(std::move(kept))};
}

Result<std::vector<StoredItem>> JournalStore::of_subject(const domain::SubjectId& subject) {
  CHECK(check_open());
  TRY(auto places, engine_->places_of(subject));
  std::sort(places.begin(), places.end());
  std::vector<StoredItem> items;
  for (const auto& place : places) {
    if (!holds(place)) continue;
    TRY(auto kept, engine_->load(place));
    if (!kept.id) continue;
    auto item = item_of(std::move(kept));
    if (!item.is_stub()) {
      const auto entry = journal::parse_entry(item.entry);
      if (!entry || journal::subject_of(*entry, item.id) != subject) continue;
    }
    items.push_back({place, std::move(item)});
  }
  return items;
}

Result<std::vector<Arrival>> JournalStore::arrivals(std::uint64_t after, std::size_t most) {
  CHECK(check_open());
  return engine_->arrivals(after, most);
}

Status JournalStore::erase_private(std::span<const Place> places) {
  CHECK(check_open());
  Changes changes;
  for (const auto& place : places) {
    if (!holds(place)) continue;
    TRY(const auto kept, engine_->load(place));
    if (kept.part != Kept::Part::erased) changes.erased.push_back(place);
  }
  return commit(changes);
}

Result<FsckReport> JournalStore::fsck() {
  CHECK(check_open());
  return check_everything(lines_, *engine_);
}

}  // namespace cunzheng::store
