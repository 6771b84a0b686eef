#include "hub/commands.hpp"

namespace cunzheng::hub {

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
