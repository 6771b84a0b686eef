#pragma once
// The commands of `cunzheng` as they are typed.

#include "sync/program/command_line.hpp"

#include <vector>

namespace cunzheng::client {

const std::vector<program::CommandSpec>& command_table();

}  // namespace cunzheng::client
