#pragma once
// `register`, `statement`, `report` and `disclosure`: both programs look at the same books in the same way. The answers are made
// where the projection is; a file is written there too.

#include "shared/registers/report.hpp"
#include "sync/program/command.hpp"
#include "sync/program/command_line.hpp"

namespace cunzheng::program {

struct BookReader {
  const registers::Projection& projection;
  std::string own_body;  // of a laptop: no other is there; empty at the hub
  CivilDate today;
};

// not_found in "body" unless there is such a committee; empty stands for all of them.
Status known_body(const registers::FactBook& facts, const std::string& body);

Result<Reply> look_at_register(const BookReader& at, const json::object& arguments);
// All lines on one person, for that person (personal information protection law, art 45): the document's number in part.
Result<Reply> statement_of_person(const BookReader& at, const json::object& arguments);
// Each with what people know its subject by: the number of a certificate, the code of minutes...
Result<Reply> findings_reply(const std::vector<registers::Finding>& findings, const registers::Projection& projection);
Result<Reply> report_month(const BookReader& at, const json::object& arguments);
Result<Reply> disclose_quarter(const BookReader& at, const json::object& arguments);

// Their lines in the table of commands.
std::vector<CommandSpec> register_command_specs(bool of_hub);

}  // namespace cunzheng::program
