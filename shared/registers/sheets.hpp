#pragma once
// A register as committees keep it on paper 台账: columns with headings, cells of text (rules.md N; R104, R123, R124).
// Made from the rows of the projection; pure.

#include "shared/registers/projection.hpp"

namespace cunzheng::registers {

enum class Tongue : std::uint8_t { zh, en };

// Who reads: it decides what of a person is seen. Counts, dates, numbers and items are seen by all.
enum class Reader : std::uint8_t {
  clerk,      // document numbers in part (R127)
  inspector,  // the supervision committee (R124): of names the first character, no document number, no free text
  full,       // everything: for the file that goes to the archive
};

enum class CellKind : std::uint8_t {
  text,
  code,       // a word of a closed list: shown in the reader's language
  officer,    // an id, shown as the name that stands on papers
  person,     // a name
  id_number,  // of a document
  words,      // free text
};

struct Column {
  std::string_view field;  // of the row
  Text heading;
  CellKind kind = CellKind::text;
};

struct Register {
  std::string_view table;
  Text title;
  std::vector<Column> columns;
  std::string_view number_field;  // what people know a line by; empty: nothing
};

const std::vector<Register>& all_registers();           // in the order in which people look for them
const Register* find_register(std::string_view table);  // null: none

// Words for codes of closed lists, of the newest catalogue too; the code itself where there is none.
class Words {
 public:
  Words(const FactBook& facts, Tongue tongue);
  std::string of(const std::string& code) const;
  const std::string& in(const Text& text) const { return tongue_ == Tongue::zh ? text.zh : text.en; }

 private:
  Tongue tongue_;
  std::map<std::string, Text> labels_;
};

struct Sheet {
  std::string title;
  std::vector<std::string> headings;
  std::vector<std::vector<std::string>> rows;  // as long as `headings`
};

Sheet sheet_of(const Register& book, const std::vector<codec::json::value>& rows, const FactBook& facts, Reader reader,
               Tongue tongue);

// The row as that reader may have it, for machines. An inspector gets the columns of the register only.
codec::json::object row_for(const Register& book, const codec::json::object& row, Reader reader);

// RFC 4180 in UTF-8 with a byte order mark. A cell that a spreadsheet would take for a formula begins with an
// apostrophe.
std::string csv_of(const Sheet& sheet);

}  // namespace cunzheng::registers

template <>
struct cunzheng::codec::EnumNames<cunzheng::registers::Tongue> {
  static constexpr std::array names{"zh", "en"};
};
template <>
struct cunzheng::codec::EnumNames<cunzheng::registers::Reader> {
  static constexpr std::array names{"clerk", "inspector", "full"};
};
