#include "shared/crypto/hash.hpp"
#include "shared/registers/projection_state.hpp"

namespace cunzheng::registers {
namespace {

constexpr std::size_t id_bytes = 32;

class Indexer {
 public:
  Indexer(const Case& subject, KeyHashes& hashes) : case_(subject), hashes_(hashes) {}

  Rows take() { return std::move(rows_); }

  void operator()(const OtherCase&) {}
  void operator()(const InquiryCase&) {}
  void operator()(const CertificateCase& what) {
    const auto* personal = what.application && what.application->personal ? &*what.application->personal : nullptr;
    if (personal) add_person(personal->applicant.id_number, what.application->stamp.id, std::nullopt);
    for (const auto& issued : what.issued) {
      const auto mark = mark_of(what, issued, case_.subject);
      if (personal) add_person(personal->applicant.id_number, mark.entry, mark);
      add(table::number, text_key(number_text(issued.body.number)), &mark.entry, codec::encode(mark));
      if (issued.body.deliberation == domain::DeliberationEvidence::none) continue;
      add(table::use, code_key(case_.body, issued.body.deliberation_code), &mark.entry, codec::encode(mark));
    }
  }
  void operator()(const DeliberationCase& what) {
    add(table::minutes, code_key(case_.body, minutes_code(what.recorded.stamp.id)), nullptr, {});
  }
  void operator()(const CommitmentCase& what) {
    if (!what.made.personal) return;
    add_person(what.made.personal->person.id_number, what.made.stamp.id, std::nullopt);
  }
  void operator()(const CreditCase& what) {
    if (!what.decided.personal) return;
    std::vector<journal::EntryId> entries{what.decided.stamp.id};
    for (const auto& step : what.steps) entries.push_back(step.stamp.id);
    const auto& id_number = what.decided.personal->person.id_number;
    if (!id_number.empty()) add(table::credit_of, hashes_.person(id_number), nullptr, codec::encode(entries));
  }

 private:
  void add(const char* table, Bytes key, const journal::EntryId* entry, Bytes value) {
    append(key, case_.subject.value());
    if (entry) append(key, entry->value());
    rows_[{table, std::move(key)}] = std::move(value);
  }
  void add_person(const std::string& id_number, const journal::EntryId& entry, const std::optional<IssuedMark>& mark) {
    if (!id_number.empty()) add(table::person, hashes_.person(id_number), &entry, codec::encode(mark));
  }

  const Case& case_;
  KeyHashes& hashes_;
  Rows rows_;
};

}  // namespace

const Bytes& KeyHashes::person(const std::string& id_number) {
  auto& hash = persons_[id_number];
  if (hash.empty()) hash = bytes_of(crypto::person_key(person_key_, id_number));
  return hash;
}

const Bytes& KeyHashes::watch(const FactKey& key) {
  auto& prefix = watched_[key];
  if (prefix.empty()) {
    const auto hash = crypto::tagged_hash("watch", view_of(key));
    prefix.assign(hash.begin(), hash.begin() + 16);
  }
  return prefix;
}

Bytes code_key(const std::string& body, const std::string& code) {
  auto key = text_key(body);
  add_text(key, code);
  return key;
}

Bytes day_key(const std::string& table, CivilDate day, const std::string& body) {
  auto key = text_key(table);
  add_big_endian(key, static_cast<std::uint64_t>(day - CivilDate::first));
  if (!body.empty()) add_text(key, body);
  return key;
}

CivilDate day_in(ByteView key, std::size_t at) {
  std::uint64_t days = 0;
  for (auto k = at; k < at + 8 && k < key.size(); ++k) days = days << 8 | key[k];
  return CivilDate::first + static_cast<int>(days);
}

domain::SubjectId subject_in(ByteView key, std::size_t at) {
  domain::SubjectId subject;
  if (key.size() < at + id_bytes) return subject;
  std::copy_n(key.begin() + static_cast<std::ptrdiff_t>(at), id_bytes, subject.value().begin());
  return subject;
}

Rows index_rows(const Case& subject, KeyHashes& hashes) {
  Indexer indexer(subject, hashes);
  std::visit(indexer, subject.what);
  return indexer.take();
}

journal::EntryId stand_in_id(const DamagedAt& place) {
  return journal::EntryId(crypto::tagged_hash("damaged-place", codec::encode(place)));
}

std::optional<Concerned> concerned_by(const RowKey& index_row) {
  const auto& name = index_row.table;
  const auto& key = index_row.key;
  const auto without = [&key](std::size_t ids) {
    return Bytes(key.begin(), key.end() - static_cast<std::ptrdiff_t>(ids * id_bytes));
  };
  if (name == table::minutes) return Concerned{table::use, without(1)};
  if (name == table::use) return Concerned{table::use, without(2)};
  if (name == table::person) return Concerned{table::person, without(2)};
  if (name == table::number) return Concerned{table::number, without(2)};
  if (name == table::credit_of) return Concerned{table::person, without(1)};
  return std::nullopt;
}

Result<std::vector<Held>> entries_of(const domain::SubjectId& subject, Subjects& subjects, const DraftRows& rows,
                                     const std::set<journal::EntryId>& damaged) {
  TRY(auto entries, subjects.of_subject(subject));
  const journal::EntryId own(subject.value());
  if (damaged.contains(own)) {
    TRY(const auto row, rows.get({table::damaged, bytes_of(own.value())}));
    if (row) {
      TRY(const auto place, codec::decode<DamagedAt>(*row));
      entries.push_back({place.at, journal::Item{own, {}, {}}});
    }
  }
  return entries;
}

}  // namespace cunzheng::registers
