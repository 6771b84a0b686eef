#pragma once
// The inside of the projection: tables, the index of persons, minutes and numbers, and who is to be judged again.

#include "shared/registers/draft_rows.hpp"
#include "shared/registers/projection.hpp"

namespace cunzheng::registers {

namespace table {
inline constexpr const char* cursor = "cursor";              // the last arrival; no part of the digest
inline constexpr const char* fact = "fact";                  // entry id -> FactCopy
inline constexpr const char* word = "word";                  // hub journal, seq, entry id -> FactBook::Word
inline constexpr const char* fork = "fork";                  // journal, seq
inline constexpr const char* damaged = "damaged";            // entry id -> place: stubs, whose subject nobody knows
inline constexpr const char* subject = "subject";            // subject -> keys of its rows
inline constexpr const char* watch = "watch";                // hash of a fact key, subject
inline constexpr const char* finding = "finding";            // finding id -> Finding
inline constexpr const char* body_finding = "body_finding";  // committee, open or closed, day, finding id
inline constexpr const char* by_day = "by_day";              // table, day, committee, order -> key of that row
inline constexpr const char* minutes = "minutes";            // committee, code, subject
inline constexpr const char* use = "use";                    // committee, code, subject, entry -> IssuedMark
inline constexpr const char* person = "person";              // person key, subject, entry -> optional IssuedMark
inline constexpr const char* number = "number";              // machine number, subject, entry -> IssuedMark
inline constexpr const char* credit_of = "credit_of";        // person key, subject -> entries of the case
}  // namespace table

// Bumped when the same entries give other rows: then they are made anew.
inline constexpr std::uint32_t rows_version = 3;

struct Cursor {
  std::uint32_t version = 0;
  std::uint64_t number = 0;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(version), CEREAL_NVP(number));
  }
};

struct FactCopy {
  Bytes entry;
  std::optional<Bytes> private_part;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(entry), CEREAL_NVP(private_part));
  }
};

using Rows = std::map<RowKey, Bytes>;

struct Projection::State {
  State(RowStore& store, Subjects& entries, crypto::PublicKey root_key, const crypto::SymmetricKey& key_of_persons,
        SignedPaper check);

  RowStore& rows;
  Subjects& subjects;
  crypto::PublicKey root;
  const crypto::SymmetricKey& person_key;
  SignedPaper signed_paper;

  FactBook facts;
  std::map<journal::JournalId, journal::Seq> forks;
  std::set<journal::EntryId> damaged;
  std::uint64_t cursor = 0;

  void forget();       // what is in memory
  Status read_rows();  // into memory
};

// Hashes in keys, each made once: many subjects of a batch share them.
class KeyHashes {
 public:
  explicit KeyHashes(const crypto::SymmetricKey& person_key) : person_key_(person_key) {}
  const Bytes& person(const std::string& id_number);
  const Bytes& watch(const FactKey& key);

 private:
  const crypto::SymmetricKey& person_key_;
  std::map<std::string, Bytes> persons_;
  std::map<FactKey, Bytes> watched_;
};

// All entries of a subject; a stub, whose subject nobody knows, is a subject of its own.
Result<std::vector<Held>> entries_of(const domain::SubjectId& subject, Subjects& subjects, const DraftRows& rows,
                                     const std::set<journal::EntryId>& damaged);

// Rows by which other subjects find this one.
Rows index_rows(const Case& subject, KeyHashes& hashes);

// The rows that name the subjects which a change of an index row concerns, their ids after the prefix.
struct DamagedAt {
  journal::JournalId at;
  journal::Seq seq = 0;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(at), CEREAL_NVP(seq));
  }
};

struct Concerned {
  std::string table;
  Bytes prefix;
};
// In place of an id that nobody can tell any more.
journal::EntryId stand_in_id(const DamagedAt& place);
std::optional<Concerned> concerned_by(const RowKey& index_row);
domain::SubjectId subject_in(ByteView key, std::size_t at);

Bytes code_key(const std::string& body, const std::string& code);
// The lines of a book on a day; of one committee, or of all.
Bytes day_key(const std::string& table, CivilDate day, const std::string& body);
CivilDate day_in(ByteView key, std::size_t at);

}  // namespace cunzheng::registers
