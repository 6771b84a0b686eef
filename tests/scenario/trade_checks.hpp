#pragma once
// What must hold at the end of every transcript, whatever it was about. Each answers with what is wrong; empty:
// nothing.

#include "tests/support/trade_world.hpp"

#include <set>
#include <string>
#include <vector>

namespace cunzheng::test {

// Everybody meets the hub twice: what one laptop has for another goes through it.
std::string all_meet(TradeWorld& world, const std::set<std::string>& apart);
// After that one more sync of everybody has nothing to say.
std::string moved_by_another_sync(TradeWorld& world, const std::set<std::string>& apart);
// The hub's registers are those that a rebuild from nothing gives.
std::string rebuild_differs(TradeWorld& world);
// The laptop's registers of its committee are the hub's.
std::string registers_differ(TradeWorld& world, const std::string& laptop);
// Numbers of each series and year run from 1 without a gap (rows of the hub's certificate register).
std::string gaps_in_numbers(TradeWorld& world);

// All of them in order.
std::string what_is_wrong(TradeWorld& world, const std::set<std::string>& apart);

}  // namespace cunzheng::test
