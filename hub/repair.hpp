#pragma once
// `cunzheng-hub repair`: the hub's store made anew when it does not open.

#include "sync/program/command.hpp"

#include <filesystem>

namespace cunzheng::hub {

// Blocks; no program may have the store open. `machine_key` empty: where init put it. When confirmed commits may be
// lost the hub begins a new epoch at its next start, before it writes anything; villages give back what they hold
// (D15).
Result<program::Reply> repair(const std::filesystem::path& store_folder, const std::filesystem::path& machine_key);

// A new epoch is due at the next start. Durable on return.
Status make_epoch_due(const std::filesystem::path& store_folder);
bool is_epoch_due(const std::filesystem::path& store_folder);
Status epoch_has_begun(const std::filesystem::path& store_folder);

}  // namespace cunzheng::hub
