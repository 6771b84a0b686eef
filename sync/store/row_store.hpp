#pragma once
// The engines of the row store; its contract stands beside the projection that needs it.

#include "shared/registers/row_store.hpp"

namespace cunzheng::store {

using registers::RowKey;
using registers::RowStore;

}  // namespace cunzheng::store
