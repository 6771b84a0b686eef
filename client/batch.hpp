#pragma once
// `issue --batch`: JSON lines in, one acknowledged JSON line out for each, in the same order. Many are on their way at
// once, so that one write to the disk carries many; a line is printed only when its certificate is durable.

#include "sync/program/caller.hpp"
#include "sync/program/terminal.hpp"

#include <istream>

namespace cunzheng::client {

// `arguments` are those of a single issue without its input. Each line of `lines` is one input; its "ref" comes back.
// The exit code: exit_ok if every line was answered without a failure.
int issue_batch(program::Caller& caller, const codec::json::object& arguments, std::istream& lines, Language language);

}  // namespace cunzheng::client
