#pragma once
// The desk: what a clerk does. Each use case checks its input, asks the rules, makes drafts, has them written durably
// and only then answers. A refusal by a rule is an answer, not a failure. On the loop thread.

#include "client/certificate_plan.hpp"
#include "client/officer_keys.hpp"
#include "client/pen.hpp"
#include "sync/program/command.hpp"

namespace cunzheng::client {

namespace json = codec::json;
using program::Done;
using program::Reply;

class Desk {
 public:
  // All outlive the desk.
  Desk(const Books& books, Pen& pen, OfficerKeys& keys, Random& random);

  // Names the use cases below as commands.
  void add_to(program::Commands& commands);

  // ---- desk_certificates.cpp
  // input, handler, handler_passphrase_file, head, head_passphrase_file, seal_keeper, confirm_date
  void issue(json::object arguments, Done done);
  void spoil(json::object arguments, Done done);  // number, handler, kind, reason

  // ---- desk_applications.cpp
  void decide(json::object arguments, Done done);   // input: an application, or {"commitment": {...}}
  void refuse(json::object arguments, Done done);   // input, handler
  void inquire(json::object arguments, Done done);  // input, handler

  // ---- desk_meetings.cpp
  void deliberate(json::object arguments, Done done);  // input, handler, head, head_passphrase_file

  // ---- desk_commitments.cpp
  void commit(json::object arguments, Done done);  // input, handler

  // ---- desk_officers.cpp
  void add_officer(json::object arguments, Done done);  // name, officer_passphrase_file

 private:
  struct Issuing;

  Result<CivilDate> today(const json::object& arguments) const;
  Result<domain::OfficerId> officer(const json::object& arguments, std::string_view name) const;
  // The handler, who must hold the post on that day.
  Result<domain::OfficerId> handler(const json::object& arguments, const LawAtHand& law, CivilDate day) const;

  Result<std::variant<CertificatePlan, Reply>> plan(const Issuing& issuing) const;
  void write_certificate(const Issuing& issuing, const crypto::KeyPair& handler, const crypto::KeyPair& head,
                         Done done);
  Result<Reply> advise_commitment(const json::value& input, CivilDate day) const;

  // Writes drafts; `reply` makes the answer of what was written.
  void write(std::vector<journal::Draft> drafts, std::optional<domain::CertificateNumber> number,
             std::function<Reply(const Written&)> reply, Done done);

  const Books& books_;
  Pen& pen_;
  OfficerKeys& keys_;
  Random& random_;
  PendingUses pending_uses_;
};

// ---- what several use cases share (desk.cpp)

// Every text of an input: so long at most, and nothing in it that a line of a paper or a screen could not show. Line
// breaks may stand in a text of several lines. Bad input names the place, as "minutes.scope.items[0]".
inline constexpr std::size_t text_characters_max = 4000;
inline constexpr std::size_t list_items_max = 500;
Status check_texts(const json::value& value, const std::string& field);

// The argument "input" as T; its fields are named without "input." before them.
template <class T>
Result<T> input_of(const json::object& arguments) {
  const auto* value = program::argument(arguments, "input");
  if (value == nullptr) return fail(FailureCode::bad_input, {"缺少输入", "the input is missing"}, "input");
  CHECK(check_texts(*value, {}));
  return codec::from_json<T>(*value);
}

Reply refusal_reply(const DecidedApplication& decided, const domain::Refusal& refusal, const LawAtHand& law);
// What every reply on something written begins with: entry, subject, journal, seq.
json::object written_json(const Written& written, std::size_t which, const journal::JournalId& journal);

}  // namespace cunzheng::client
