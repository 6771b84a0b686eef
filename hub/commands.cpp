#include "hub/commands.hpp"

namespace cunzheng::hub {

void add_commands(program::Commands& commands, Workplace& at) {
  add_village_commands(commands, at);
  add_district_commands(commands, at);
  add_case_commands(commands, at);
  add_looking_commands(commands, at);
}

std::vector<program::CommandSpec> command_specs() {
  std::vector<program::CommandSpec> all;
  for (const auto& some :
       {village_command_specs(), district_command_specs(), case_command_specs(), looking_command_specs()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

void add_command(program::Commands& commands, Workplace& at, std::string name, Handle handle) {
  commands.add(std::move(name), [&at, handle](const program::json::object& arguments, const program::Done& done) {
    if (auto begun = handle(at, arguments, done); !begun) done(tl::make_unexpected(std::move(begun).error()));
  });
}

Casework::Written reply_with_entry(program::Done done, Text human) {
  return [done = std::move(done), human = std::move(human)](const Result<journal::EntryId>& id) {
    if (!id) return done(tl::make_unexpected(id.error()));
    done(program::Reply{{{"entry", to_hex(id->value())}}, human});
  };
}

}  // namespace cunzheng::hub
