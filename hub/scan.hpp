#pragma once
// Reading one journal from end to end: at the start, or on the store thread.

#include "sync/store/entry_store.hpp"

#include <functional>

namespace cunzheng::hub {

// Calls `each` for the entries up to `end`, in order; those that are damaged are left out (D31).
Status each_entry(store::EntryStore& store, const journal::Head& end,
                  const std::function<void(const journal::Entry&, const journal::Item&)>& each);

}  // namespace cunzheng::hub
