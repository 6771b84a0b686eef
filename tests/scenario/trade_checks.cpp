#include "tests/scenario/trade_checks.hpp"

#include "shared/domain/identifiers.hpp"

#include <algorithm>

namespace cunzheng::test {
namespace {

namespace json = program::json;

std::vector<std::string> meeting(const TradeWorld& world, const std::set<std::string>& apart) {
  auto names = world.laptops();
  std::erase_if(names, [&](const auto& name) { return apart.contains(name); });
  return names;
}

json::array rows_at(TradeWorld& world, const std::string& place, json::object arguments) {
  arguments["reader"] = "full";
  const auto reply = world.run(place, "register", std::move(arguments));
  return reply ? reply->data.at("rows").get_array() : json::array{};
}

json::array hub_rows(TradeWorld& world, const char* kind, const std::string& body) {
  return rows_at(world, TradeWorld::hub_place, {{"kind", kind}, {"body", json::string(body)}});
}

// Credit cases never leave the hub: until a person has ruled on what it finds, it alone knows that a commitment is not
// accepted.
void forget_credit(json::object& here, json::object& there) {
  if (here.at("findings_open") == there.at("findings_open")) return;
  for (auto* row : {&here, &there}) {
    row->erase("state");
    row->erase("findings_open");
  }
}

}  // namespace

std::string all_meet(TradeWorld& world, const std::set<std::string>& apart) {
  std::string wrong;
  for (int round = 1; round <= 2; ++round) {
    for (const auto& name : meeting(world, apart)) {
      const auto reply = world.sync(name);
      if (!reply) wrong += "\n" + name + " does not meet the hub: " + reply.error().what.en;
      world.pass(1000);
    }
  }
  return wrong;
}

std::string moved_by_another_sync(TradeWorld& world, const std::set<std::string>& apart) {
  std::string wrong;
  for (const auto& name : meeting(world, apart)) {
    const auto reply = world.sync(name);
    world.pass(1000);
    const bool is_still =
        reply && json::serialize(reply->data.at("received")) == "0" && json::serialize(reply->data.at("sent")) == "0";
    if (!is_still)
      wrong += "\nnothing was new and yet " + name + ": " + (reply ? reply->human.en : reply.error().what.en);
  }
  return wrong;
}

std::string rebuild_differs(TradeWorld& world) {
  const auto reply = world.run(TradeWorld::hub_place, "rebuild", {});
  if (!reply) return "\nno rebuild: " + reply.error().what.en;
  return reply->data.at("same") == true ? "" : "\nthe hub's registers are not those of a rebuild";
}

std::string registers_differ(TradeWorld& world, const std::string& laptop) {
  std::string wrong;
  for (const char* kind : {"application", "certificate", "refusal", "deliberation", "inquiry", "commitment"}) {
    auto here = rows_at(world, laptop, {{"kind", kind}});
    auto there = hub_rows(world, kind, world.body_of(laptop));
    if (here.size() == there.size() && kind == std::string_view("commitment")) {
      for (std::size_t k = 0; k < here.size(); ++k) forget_credit(here[k].as_object(), there[k].as_object());
    }
    if (here == there) continue;
    wrong += "\nthe register of " + std::string(kind) + " differs, laptop " + laptop + ":";
    for (std::size_t k = 0; k < std::max(here.size(), there.size()); ++k) {
      const auto one = k < here.size() ? json::serialize(here[k]) : "-";
      const auto other = k < there.size() ? json::serialize(there[k]) : "-";
      if (one != other) wrong += "\n  here  " + one + "\n  there " + other;
    }
  }
  return wrong;
}

std::string gaps_in_numbers(TradeWorld& world) {
  std::map<std::string, std::vector<std::uint32_t>> series;
  std::string wrong;
  for (const auto& row : hub_rows(world, "certificate", {})) {
    const std::string text(row.at("number").as_string());
    const auto number = domain::parse_printed_number(text, "number");
    if (!number) {
      wrong += "\nno number: " + text;
      continue;
    }
    const std::string body(row.at("body").as_string());
    series[body + " " + std::to_string(number->year) + " " + number->series].push_back(number->serial);
  }
  for (auto& [name, serials] : series) {
    std::sort(serials.begin(), serials.end());
    for (std::size_t k = 0; k < serials.size(); ++k) {
      if (serials[k] == k + 1) continue;
      wrong += "\nseries " + name + ": number " + std::to_string(k + 1) + " is missing or there twice";
      break;
    }
  }
  return wrong;
}

std::string what_is_wrong(TradeWorld& world, const std::set<std::string>& apart) {
  auto wrong = all_meet(world, apart);
  wrong += moved_by_another_sync(world, apart);
  wrong += rebuild_differs(world);
  wrong += gaps_in_numbers(world);
  for (const auto& name : meeting(world, apart)) wrong += registers_differ(world, name);
  return wrong;
}

}  // namespace cunzheng::test
