#include "sync/store/join.hpp"

#include "shared/base/verify.hpp"
#include "shared/crypto/hash.hpp"

#include <algorithm>
#include <iterator>

namespace cunzheng::store {
namespace {

using journal::EntryId;
using journal::Item;
using journal::JournalId;
using journal::Range;
using journal::Seq;

tl::unexpected<Failure> send_from(const Range& range, Seq seq) {
  const auto first = std::to_string(range.first);
  const auto from = std::to_string(seq);
  return fail(FailureCode::conflict,
              {"第" + first + "条起的这一段与已存的内容接不上，请从第" + from + "条起重新发送",
               "the range from " + first + " on does not join what is held; send from " + from},
              "send_from " + from);
}

Status check_shape(const Range& range) {
  const auto bad = [&](const char* zh, const char* en) {
    return fail(FailureCode::bad_input, {zh, en}, "seq " + std::to_string(range.first));
  };
  if (range.items.empty()) return bad("这一段没有内容", "the range is empty");
  const auto& head = range.head.head;
  if (head.journal != range.journal || head.seq != range.last() || head.id != range.items.back().id) {
    return bad("签名的末条不是这一段的末条", "the signed head is not the end of the range");
  }
  if (range.first == 0 && range.items.front().id.value() != range.journal.value()) {
    return bad("不是这个日志的首条", "does not open this journal");
  }
  const auto is_stub = [](const Item& item) { return item.is_stub(); };
  if (range.items.size() > 1 && std::any_of(range.items.begin(), range.items.end(), is_stub)) {
    return bad("损坏的条目必须单独成段", "a stub must stand alone");
  }
  return {};
}

bool covers(const JournalInfo& line, Seq seq) { return line.first <= seq && seq <= line.head.head.seq; }

// A place whose id cannot be told any more takes what comes: the chain around it shows if that was wrong.
bool fits(const Glance& held, const EntryId& id) { return !held.id || *held.id == id; }

std::optional<domain::SubjectId> subject_in(const Item& item) {
  const auto entry = journal::parse_entry(item.entry);
  if (!entry) return std::nullopt;
  return journal::subject_of(*entry, item.id);
}

template <class T>
void move_to_end(std::vector<T>& to, std::vector<T>& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

}  // namespace

JournalId branch_id(const JournalId& of, Seq seq, const EntryId& first_of_branch) {
  ByteArray<8> number;
  put_le(number, seq);
  auto hasher = crypto::tagged_hasher("branch");
  hasher.update(of.value()).update(number).update(first_of_branch.value());
  return JournalId{hasher.finish()};
}

Glance glance_at(const Kept& kept) { return {kept.id, kept.is_whole(), kept.part == Kept::Part::absent}; }

const JournalInfo* Join::line(const JournalId& id) const {
  for (const auto* layer : {&call_, &group_}) {
    const auto found = layer->changes.lines.find(id);
    if (found != layer->changes.lines.end()) return &found->second;
  }
  return held_.line(id);
}

std::vector<JournalId> Join::lines_of(const JournalId& journal) const {
  auto lines = held_.lines_of(journal);
  for (const auto* layer : {&group_, &call_}) {
    const auto opened = layer->opened.find(journal);
    if (opened != layer->opened.end()) lines.insert(lines.end(), opened->second.begin(), opened->second.end());
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

Result<Glance> Join::glance(const Place& place) {
  for (const auto* layer : {&call_, &group_}) {
    const auto found = layer->places.find(place);
    if (found != layer->places.end()) return found->second;
  }
  return held_.glance(place);
}

// The line that holds item `id` at `seq`. Ends of lines first: they are in memory, and nearly always the answer.
Result<std::optional<JournalId>> Join::find(const JournalId& journal, Seq seq, const EntryId& id) {
  const auto lines = lines_of(journal);
  for (const auto& name : lines) {
    const auto& head = line(name)->head.head;
    if (head.seq == seq && head.id == id) return name;
  }
  std::optional<JournalId> illegible;
  for (const auto& name : lines) {
    if (!covers(*line(name), seq)) continue;
    TRY(const auto held, glance({name, seq}));
    if (held.id == id) return name;
    if (!held.id && !illegible) illegible = name;
  }
  return illegible;
}

// The branch that leaves at `point` with item `id`.
Result<std::optional<JournalId>> Join::branch_at(const ForkPoint& point, const JournalId& journal, const EntryId& id) {
  for (const auto& name : lines_of(journal)) {
    if (line(name)->fork != point) continue;
    TRY(const auto held, glance({name, point.seq}));
    if (fits(held, id)) return name;
  }
  return std::nullopt;
}

// The line that holds the item before the range.
Result<JournalId> Join::line_before(const Range& range) {
  if (range.first == 0) return range.journal;
  if (range.items.front().is_stub()) return line_for_stub(range);
  const auto prev = journal::prev_of(range);
  if (!prev) {
    return fail(FailureCode::bad_input, {"条目无法读取", "not a readable entry"}, "seq " + std::to_string(range.first));
  }
  TRY(const auto found, find(range.journal, range.first - 1, *prev));
  if (found) return *found;

  Seq end = 0;  // the place after the longest line
  for (const auto& name : lines_of(range.journal)) end = std::max(end, line(name)->head.head.seq + 1);
  return send_from(range, range.first > end ? end : range.first / 2);
}

// A stub does not say what came before it: the range before it in this call does, or there is only one line it can
// belong to.
Result<JournalId> Join::line_for_stub(const Range& range) {
  const auto seq = range.first;
  TRY(const auto known, find(range.journal, seq, range.items.front().id));
  if (known) return *known;

  const auto lines = lines_of(range.journal);
  const bool follows = touched_ && touched_->seq + 1 == seq && line(touched_->journal)->head.head.journal == range.journal;
  if (!follows && lines.size() > 1) return send_from(range, seq - 1);
  const auto& name = follows ? touched_->journal : lines.front();
  const auto end = line(name)->head.head.seq + 1;
  if (seq > end) return send_from(range, end);
  return name;
}

void Join::complete(const Place& place, const Glance& held, const Item& item, AppendReport& report) {
  const bool puts_entry = !held.is_whole && (!item.is_stub() || !held.id);
  const bool puts_part = held.wants_part && (item.private_part || puts_entry);
  if (!puts_entry && !puts_part) {
    ++report.known;
    return;
  }
  ++report.completed;
  call_.places[place] = {item.id, held.is_whole || !item.is_stub(), held.wants_part && !item.private_part};
  call_.changes.writes.push_back({place, &item, puts_entry, puts_part, puts_entry ? subject_in(item) : std::nullopt});
}

// Everything from `from` on is new: it goes to the end of `line`.
void Join::add_rest(JournalInfo line, const Range& range, Seq from, AppendReport& report) {
  for (auto seq = from; seq <= range.last(); ++seq) {
    const auto& item = range.items[seq - range.first];
    const Place place{line.id, seq};
    call_.places[place] = {item.id, !item.is_stub(), !item.private_part.has_value()};
    call_.changes.writes.push_back({place, &item, true, true, subject_in(item)});
    ++report.added;
  }
  line.head = range.head;
  call_.changes.heads.emplace_back(line.id, range.head);
  call_.changes.lines[line.id] = line;
  touched_ = Place{line.id, range.last()};
}

Status Join::keep_head(const Place& place, const journal::SignedHead& head) {
  if (line(place.journal)->head.head.seq == place.seq) return {};
  const auto* before = held_.line(place.journal);
  if (before != nullptr && covers(*before, place.seq)) {
    TRY(const bool is_held, held_.has_head(place));
    if (is_held) return {};
  }
  call_.changes.heads.emplace_back(place.journal, head);  // twice in one commit does no harm
  return {};
}

Status Join::add_range(const Range& range, AppendReport& report) {
  CHECK(check_shape(range));
  if (lines_of(range.journal).empty()) {
    if (range.first != 0) return send_from(range, 0);
    call_.opened[range.journal].push_back(range.journal);
    add_rest({range.journal, 0, range.head, std::nullopt}, range, 0, report);
    return {};
  }

  TRY(auto name, line_before(range));
  for (auto seq = range.first; seq <= range.last(); ++seq) {
    const auto& item = range.items[seq - range.first];
    if (seq > line(name)->head.head.seq) {
      add_rest(*line(name), range, seq, report);
      return {};
    }
    TRY(auto held, glance({name, seq}));
    if (!fits(held, item.id)) {
      const ForkPoint point{name, seq};
      TRY(const auto branch, branch_at(point, range.journal, item.id));
      if (!branch) {
        const auto opened = branch_id(point.of, seq, item.id);
        call_.opened[range.journal].push_back(opened);
        report.forks.push_back(point);
        add_rest({opened, seq, range.head, point}, range, seq, report);
        return {};
      }
      name = *branch;
      TRY(held, glance({name, seq}));
    }
    complete({name, seq}, held, item, report);
  }
  touched_ = Place{name, range.last()};
  return keep_head(*touched_, range.head);
}

void Join::take_in_call() {
  auto& to = group_.changes;
  auto& from = call_.changes;
  for (auto& [id, line] : from.lines) to.lines.insert_or_assign(id, std::move(line));
  move_to_end(to.writes, from.writes);
  move_to_end(to.heads, from.heads);
  for (auto& [place, glance] : call_.places) group_.places.insert_or_assign(place, glance);
  for (auto& [journal, lines] : call_.opened) move_to_end(group_.opened[journal], lines);
}

Result<AppendReport> Join::add(std::span<const Range> ranges) {
  AppendReport report;
  call_ = {};
  touched_.reset();
  for (const auto& range : ranges) CHECK(add_range(range, report));
  take_in_call();
  return report;
}

}  // namespace cunzheng::store
