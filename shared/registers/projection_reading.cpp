#include "shared/crypto/hash.hpp"
#include "shared/registers/projection_state.hpp"

#include <algorithm>
#include <tuple>

namespace cunzheng::registers {
namespace {

template <class... Rows>
struct RowKinds {};
using Books =
    RowKinds<ApplicationRow, CertificateRow, RefusalRow, DeliberationRow, InquiryRow, CommitmentRow, CreditRow>;

template <class Row>
Result<codec::json::value> to_json_of(ByteView bytes) {
  TRY(const auto row, codec::decode<Row>(bytes));
  return codec::to_json(row);
}

using ToJson = Result<codec::json::value> (*)(ByteView);

template <class... Kinds>
ToJson reader_of(RowKinds<Kinds...>, const std::string& table) {
  ToJson found = nullptr;
  ((table == Kinds::table_name ? found = to_json_of<Kinds> : found), ...);
  return found;
}

Bytes body_prefix(const std::string& body) { return body.empty() ? Bytes() : text_key(body); }

// Who certifies comes before what is certified: then a book is filled without looking twice.
int rank(journal::BodyKind kind) {
  if (kind.value() == journal::JournalOpened::kind) return 0;
  return kind.value() == journal::HubCertified::kind ? 1 : 2;
}

}  // namespace

const FactBook& Projection::facts() const { return state_->facts; }

Status Projection::each_fact(const std::function<void(const Held&)>& each) const {
  std::map<std::tuple<int, std::uint64_t, journal::EntryId>, Held> copies;
  Status readable;
  CHECK(state_->rows.scan(table::fact, {}, [&](ByteView key, ByteView value) {
    const auto add = [&]() -> Status {
      TRY(auto copy, codec::decode<FactCopy>(value));
      TRY(const auto entry, journal::parse_entry(copy.entry));
      const journal::EntryId id(subject_in(key, 0).value());
      copies[{rank(entry.kind), entry.lamport, id}] =
          Held{entry.journal, {id, std::move(copy.entry), std::move(copy.private_part)}};
      return {};
    };
    readable = add();
    return readable.has_value();
  }));
  CHECK(readable);
  for (const auto& [order, held] : copies) each(held);
  return {};
}

Result<std::vector<journal::Head>> Projection::damaged() const {
  std::vector<journal::Head> out;
  Status readable;
  CHECK(state_->rows.scan(table::damaged, {}, [&](ByteView key, ByteView value) {
    const auto place = codec::decode<DamagedAt>(value);
    if (!place) readable = tl::make_unexpected(place.error());
    if (place) out.push_back({place->at, place->seq, journal::EntryId(subject_in(key, 0).value())});
    return place.has_value();
  }));
  CHECK(readable);
  return out;
}

Status Projection::each_row(const std::string& table, const std::string& body,
                            const std::function<bool(ByteView row)>& each) const {
  if (!reader_of(Books{}, table)) return fail(FailureCode::not_found, {"没有这个登记簿", "no such register"}, "table");
  return state_->rows.scan(table, body_prefix(body), [&](ByteView, ByteView value) { return each(value); });
}

Result<std::vector<codec::json::value>> Projection::rows(const std::string& table, const std::string& body) const {
  std::vector<codec::json::value> out;
  const auto to_json = reader_of(Books{}, table);
  Status readable;
  CHECK(each_row(table, body, [&](ByteView bytes) {
    auto row = to_json(bytes);
    if (row) out.push_back(*std::move(row));
    if (!row) readable = tl::make_unexpected(row.error());
    return readable.has_value();
  }));
  CHECK(readable);
  return out;
}

namespace {

bool fits(const codec::json::object& row, const RowQuery& query) {
  const auto is_one_of = [&row](std::string_view column, const std::set<std::string>& wanted) {
    const auto* value = row.if_contains(column);
    return value != nullptr && value->is_string() && wanted.contains(std::string(value->get_string()));
  };
  return (query.body.empty() || is_one_of("body", {query.body})) &&
         std::all_of(query.one_of.begin(), query.one_of.end(),
                     [&](const auto& wanted) { return is_one_of(wanted.first, wanted.second); });
}

// Lines as they are found, until there are enough.
class PageFiller {
 public:
  PageFiller(const RowQuery& query, ToJson to_json) : query_(query), to_json_(to_json) {}

  // False: enough, or unreadable.
  bool take(const Bytes& place, ByteView bytes) {
    auto row = to_json_(bytes);
    if (!row) {
      readable_ = tl::make_unexpected(row.error());
      return false;
    }
    if (!fits(row->get_object(), query_)) return true;
    if (page_.rows.size() == query_.most) {
      page_.next = last_;
      return false;
    }
    last_ = place;
    page_.rows.push_back(*std::move(row));
    return true;
  }
  Result<RowPage> finish() {
    CHECK(readable_);
    return std::move(page_);
  }

 private:
  const RowQuery& query_;
  ToJson to_json_;
  RowPage page_;
  Bytes last_;
  Status readable_;
};

}  // namespace

Result<RowPage> Projection::page(const RowQuery& query) const {
  const auto to_json = reader_of(Books{}, query.table);
  if (!to_json) return fail(FailureCode::not_found, {"没有这个登记簿", "no such register"}, "kind");
  PageFiller page(query, to_json);
  CHECK(each_line(query, [&](const Bytes& place, ByteView row) { return page.take(place, row); }));
  return page.finish();
}

namespace {

// The 256 days whose keys differ in their last byte only.
Bytes block_of_days(const std::string& table, CivilDate day) {
  auto key = day_key(table, day, {});
  key.pop_back();
  return key;
}

bool begins_with(const Bytes& key, const Bytes& prefix) {
  return key.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), key.begin());
}

}  // namespace

Status Projection::each_line(const RowQuery& query,
                             const std::function<bool(const Bytes& place, ByteView row)>& each) const {
  auto& rows = state_->rows;
  const auto is_before = [&](const Bytes& place) { return !query.after.empty() && place <= query.after; };
  if (!query.number.empty() || !query.person.empty()) {
    TRY(const auto keys, lines_of(query));
    const auto own = body_prefix(query.body);
    for (const auto& key : keys) {
      if (is_before(key) || !begins_with(key, own)) continue;
      TRY(const auto row, rows.get({query.table, key}));
      if (row && !each(key, *row)) break;
    }
    return {};
  }
  if (!query.days) {
    return rows.scan(query.table, body_prefix(query.body), [&](ByteView key, ByteView row) {
      const auto place = bytes_of(key);
      return is_before(place) || each(place, row);
    });
  }
  // Nothing is asked for the days before the book begins.
  auto first_used = query.days->last + 1;
  const auto of_table = text_key(query.table);
  CHECK(rows.scan(table::by_day, of_table, [&](ByteView place, ByteView) {
    first_used = day_in(place, of_table.size());
    return false;
  }));
  Bytes asked;  // and a block of days without a line costs one question
  bool block_is_used = false;
  bool goes_on = true;
  for (auto day = std::max(query.days->first, first_used); goes_on && day <= query.days->last; day = day + 1) {
    if (is_before(day_key(query.table, day + 1, {}))) continue;
    if (const auto block = block_of_days(query.table, day); block != asked) {
      asked = block;
      bool is_used = false;
      CHECK(rows.scan(table::by_day, block, [&](ByteView, ByteView) {
        is_used = true;
        return false;
      }));
      block_is_used = is_used;
    }
    if (!block_is_used) continue;
    std::vector<std::pair<Bytes, Bytes>> lines;  // a scan asks nothing else of the store
    CHECK(rows.scan(table::by_day, day_key(query.table, day, query.body), [&](ByteView place, ByteView key) {
      if (!is_before(bytes_of(place))) lines.emplace_back(bytes_of(place), bytes_of(key));
      return true;
    }));
    for (std::size_t k = 0; goes_on && k < lines.size(); ++k) {
      TRY(const auto row, rows.get({query.table, lines[k].second}));
      goes_on = !row || each(lines[k].first, *row);
    }
  }
  return {};
}

Result<std::set<Bytes>> Projection::lines_of(const RowQuery& query) const {
  const auto under = [&](const char* index, const Bytes& prefix, std::set<domain::SubjectId>& subjects) {
    return state_->rows.scan(index, prefix, [&](ByteView key, ByteView) {
      subjects.insert(subject_in(key, prefix.size()));
      return true;
    });
  };
  std::set<domain::SubjectId> subjects;
  if (!query.person.empty()) {
    const auto person = KeyHashes(state_->person_key).person(query.person);
    CHECK(under(table::person, person, subjects));
    CHECK(under(table::credit_of, person, subjects));
  }
  if (!query.number.empty()) {
    std::set<domain::SubjectId> numbered;
    CHECK(under(table::number, text_key(query.number), numbered));
    if (!query.person.empty()) std::erase_if(numbered, [&](const auto& each) { return !subjects.contains(each); });
    subjects = std::move(numbered);
  }
  std::set<Bytes> lines;
  for (const auto& subject : subjects) {
    TRY(const auto own, state_->rows.get({table::subject, bytes_of(subject.value())}));
    if (!own) continue;
    TRY(const auto held, codec::decode<std::vector<RowKey>>(*own));
    for (const auto& row : held) {
      if (row.table == query.table) lines.insert(row.key);
    }
  }
  return lines;
}

Result<std::vector<Projection::Line>> Projection::lines_on(const domain::SubjectId& subject) const {
  std::vector<Line> out;
  TRY(const auto own, state_->rows.get({table::subject, bytes_of(subject.value())}));
  if (!own) return out;
  TRY(const auto held, codec::decode<std::vector<RowKey>>(*own));
  for (const auto& key : held) {
    const auto to_json = reader_of(Books{}, key.table);
    if (to_json == nullptr) continue;
    TRY(const auto bytes, state_->rows.get(key));
    if (!bytes) continue;
    TRY(auto row, to_json(*bytes));
    out.push_back({key.table, std::move(row)});
  }
  return out;
}

Result<std::vector<Finding>> Projection::findings(const std::string& body, bool open_only) const {
  std::vector<domain::FindingId> ids;
  CHECK(state_->rows.scan(table::body_finding, body_prefix(body), [&](ByteView key, ByteView) {
    ids.emplace_back(subject_in(key, key.size() - 32).value());
    return true;
  }));
  std::vector<Finding> out;
  for (const auto& id : ids) {
    TRY(const auto found, finding(id));
    if (found && (found->is_open() || !open_only)) out.push_back(*found);
  }
  std::stable_partition(out.begin(), out.end(), [](const Finding& each) { return each.is_open(); });
  return out;
}

Result<std::optional<Finding>> Projection::finding(const domain::FindingId& id) const {
  TRY(const auto row, state_->rows.get({table::finding, bytes_of(id.value())}));
  if (!row) return std::optional<Finding>();
  TRY(auto found, codec::decode<Finding>(*row));
  return std::optional(std::move(found));
}

Result<Case> Projection::case_of(const domain::SubjectId& subject) const {
  const DraftRows rows(state_->rows);
  TRY(const auto entries, entries_of(subject, state_->subjects, rows, state_->damaged));
  return fold(subject, entries, state_->facts);
}

Result<std::vector<domain::SubjectId>> Projection::of_person(const std::string& id_number) const {
  std::vector<domain::SubjectId> out;
  if (id_number.empty()) return out;
  const auto prefix = KeyHashes(state_->person_key).person(id_number);
  CHECK(state_->rows.scan(table::person, prefix, [&](ByteView key, ByteView) {
    const auto subject = subject_in(key, prefix.size());
    if (out.empty() || out.back() != subject) out.push_back(subject);
    return true;
  }));
  return out;
}

std::optional<journal::Seq> Projection::received(const journal::JournalId& journal) const {
  return state_->facts.received(journal);
}

Result<Hash> Projection::digest() const {
  auto hasher = crypto::tagged_hasher("rows");
  const auto add = [&](ByteView bytes) {
    ByteArray<8> size;
    put_le(size, static_cast<std::uint64_t>(bytes.size()));
    hasher.update(size).update(bytes);
  };
  for (const char* name : {table::fact,
                           table::word,
                           table::fork,
                           table::damaged,
                           table::subject,
                           table::watch,
                           table::finding,
                           table::body_finding,
                           table::by_day,
                           table::minutes,
                           table::use,
                           table::person,
                           table::number,
                           table::credit_of,
                           ApplicationRow::table_name,
                           CertificateRow::table_name,
                           RefusalRow::table_name,
                           DeliberationRow::table_name,
                           InquiryRow::table_name,
                           CommitmentRow::table_name,
                           CreditRow::table_name}) {
    add(view_of(name));
    CHECK(state_->rows.scan(name, {}, [&](ByteView key, ByteView value) {
      add(key);
      add(value);
      return true;
    }));
  }
  return hasher.finish();
}

}  // namespace cunzheng::registers
