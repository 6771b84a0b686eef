#pragma once
// The registers as rows: made from entries, arrival by arrival, behind a cursor. Resumed after a crash; rebuilt from
// nothing by clearing the rows: the same code. Law: after any order of delivery the rows are, byte for byte, those of
// the rebuild. The hub keeps the rows on disk, a laptop in memory. Not thread-safe.

#include "shared/codec/json.hpp"
#include "shared/crypto/person_key.hpp"
#include "shared/registers/books.hpp"
#include "shared/registers/row_store.hpp"

namespace cunzheng::registers {

// Where the entries of a subject are read from. Entries not yet handed to apply() may be among them: they count from
// then on, and are judged again when their own turn comes.
class Subjects {
 public:
  virtual ~Subjects() = default;
  virtual Result<std::vector<Held>> of_subject(const domain::SubjectId& subject) = 0;
};

// Items in the order of becoming durable; within one journal or branch in the order of their places. An item whose
// bytes or private part came later arrives once more.
struct NumberedArrival {
  std::uint64_t number = 0;
  Held held;
  std::optional<journal::Seq> forked_at;  // the journal it is held in is a branch that starts here
  journal::Seq seq = 0;                   // its place, for an item without bytes
};

struct Days {
  CivilDate first;
  CivilDate last;  // inclusive
};

// What is wanted of a book; all of it must hold.
struct RowQuery {
  std::string table;
  std::string body;                          // empty: all committees
  std::string number;        // machine number of a certificate
  std::string person;        // document number, normalised: a keyed lookup
  std::optional<Days> days;  // of the act
  std::map<std::string, std::set<std::string>> one_of;  // column -> its exact text is one of these
  std::size_t most = SIZE_MAX;
  Bytes after;  // RowPage::next of the page before
};
struct RowPage {
  std::vector<codec::json::value> rows;  // by day where days are asked for, else in the order of the book
  Bytes next;                            // empty: there are no more
};

class Projection {
 public:
  // Whether `signature` by `key` under `tag` is on these words. The plain answer is crypto::verify; a hub may have
  // workers find it out beforehand, a laptop that signed them itself may save the time.
  using SignedPaper = std::function<bool(const crypto::PublicKey& key, std::string_view tag, ByteView words,
                                         const crypto::Signature& signature)>;

  // `person_key` makes the keyed index of persons (HMAC of the normalised number). All outlive the projection.
  Projection(RowStore& rows, Subjects& subjects, crypto::PublicKey root, const crypto::SymmetricKey& person_key,
             SignedPaper signed_paper = crypto::verify);
  ~Projection();

  // Fills the fact book from the rows. Before anything else. Rows of another version of this program are dropped.
  Status open();

  // Number of the last arrival that is in the rows; 0: none.
  std::uint64_t cursor() const;

  // Takes arrivals cursor()+1, +2, ... in order: learns facts, folds and judges touched and watching subjects, writes
  // rows, watch index and cursor in one batch. After a failure the rows are as they were; open() before going on.
  Status apply(std::span<const NumberedArrival> arrivals);

  // Drops all rows; the caller then applies every arrival from 1 on.
  Status reset();

  const FactBook& facts() const;
  // The copies of fact entries that the rows keep, openings and hub statements first: fills another book.
  Status each_fact(const std::function<void(const Held&)>& each) const;
  // Items that arrived without bytes and have not come since.
  Result<std::vector<journal::Head>> damaged() const;

  // ---- reading
  // Rows of a table ("certificate"...) in the order of the book: by number, else by day. Body empty: all bodies, one
  // after another. not_found: no such table.
  Result<std::vector<codec::json::value>> rows(const std::string& table, const std::string& body) const;
  // Some of them. By number, person or days the time does not grow with the book.
  Result<RowPage> page(const RowQuery& query) const;
  // The same without JSON, `most` and `equal`: each row's place (as RowPage::next) and bytes, until `each` says false.
  Status each_line(const RowQuery& query, const std::function<bool(const Bytes& place, ByteView row)>& each) const;
  // The lines on one subject, each with its table.
  struct Line {
    std::string table;
    codec::json::value row;
  };
  Result<std::vector<Line>> lines_on(const domain::SubjectId& subject) const;
  // The same as structs.
  template <class Row>
  Result<std::vector<Row>> book(const std::string& body) const {
    std::vector<Row> rows;
    Status readable;
    CHECK(each_row(Row::table_name, body, [&](ByteView bytes) {
      auto row = codec::decode<Row>(bytes);
      if (row) rows.push_back(*std::move(row));
      if (!row) readable = tl::make_unexpected(row.error());
      return readable.has_value();
    }));
    CHECK(readable);
    return rows;
  }
  Status each_row(const std::string& table, const std::string& body,
                  const std::function<bool(ByteView row)>& each) const;

  Result<std::vector<Finding>> findings(const std::string& body, bool open_only) const;  // open ones first, by day
  Result<std::optional<Finding>> finding(const domain::FindingId& id) const;
  Result<Case> case_of(const domain::SubjectId& subject) const;
  // Subjects of applications, certificates and commitments of the person with this number (keyed lookup).
  Result<std::vector<domain::SubjectId>> of_person(const std::string& id_number) const;
  // The hub holds everything of that journal up to here, as far as this book has heard (Received).
  std::optional<journal::Seq> received(const journal::JournalId& journal) const;

  // One hash over all rows in key order: what `rebuild` compares. The cursor is not part of it.
  Result<Hash> digest() const;

 private:
  struct State;
  class Round;
  Result<std::set<Bytes>> lines_of(const RowQuery& query) const;
  std::unique_ptr<State> state_;
};

}  // namespace cunzheng::registers
