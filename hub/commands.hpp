#pragma once
// What a hub can be told to do (program::Commands): the command line, the control socket and pages all come in here.
// Split by what it is about. Handlers check arguments and pass on.

#include "hub/hub.hpp"
#include "sync/program/command_line.hpp"
#include "sync/program/key_file.hpp"
#include "sync/program/slow_worker.hpp"

namespace cunzheng::hub {

// The server of this process.
struct Serving {
  std::string address;
  std::uint16_t port = 0;
  std::size_t connections = 0;
  std::size_t sessions = 0;
};

// What the handlers work with; everything outlives them.
struct Workplace {
  link::Loop& loop;
  Hub& hub;
  const Identity& identity;
  std::filesystem::path store_folder;
  program::SlowWorker& slow;
  const Clock& clock;
  Random& random;
  std::function<std::optional<Serving>()> serving;  // none: this process serves nobody
  program::SlotCost slot_cost{};                    // of officers' keyslots
};

void add_village_commands(program::Commands& commands, Workplace& at);   // body, enrolment, device, appoint
void add_district_commands(program::Commands& commands, Workplace& at);  // officer, publish
void add_case_commands(program::Commands& commands, Workplace& at);      // credit, rule
void add_looking_commands(program::Commands& commands, Workplace& at);   // register, findings, status, inspect...

// All of them.
void add_commands(program::Commands& commands, Workplace& at);

// The same commands as the command line knows them, without `init` and `serve`.
std::vector<program::CommandSpec> command_specs();  // all of them
std::vector<program::CommandSpec> village_command_specs();
std::vector<program::CommandSpec> district_command_specs();
std::vector<program::CommandSpec> case_command_specs();
std::vector<program::CommandSpec> looking_command_specs();

// ---- for the handlers

// A handler that may find at once that it cannot go on. Otherwise it calls `done`, now or later.
using Handle = Status (*)(Workplace& at, const program::json::object& arguments, const program::Done& done);
void add_command(program::Commands& commands, Workplace& at, std::string name, Handle handle);

// One of an enum's names; left out: `otherwise`, if there is one.
template <class E>
Result<E> enum_argument(const program::json::object& arguments, std::string_view name,
                        std::optional<E> otherwise = std::nullopt) {
  if (otherwise && program::argument(arguments, name) == nullptr) return *otherwise;
  TRY(const auto text, program::text_argument(arguments, name));
  if (const auto found = codec::enum_from_name<E>(text)) return *found;
  std::string known;
  for (const auto* each : codec::EnumNames<E>::names) known += (known.empty() ? "" : ", ") + std::string(each);
  return fail(FailureCode::bad_input, {"应为其中之一：" + known, "must be one of " + known}, std::string(name));
}

// What to call with an entry's id: answers with {"entry": id} and what `human` says.
Casework::Written reply_with_entry(program::Done done, Text human);

}  // namespace cunzheng::hub
