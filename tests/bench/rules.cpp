// What a decision costs with the shipped catalogue: decide() for every item, requester and purpose it lists.

#include "shared/domain/calendar.hpp"
#include "shared/domain/eligibility.hpp"
#include "tests/bench/measure.hpp"
#include "tests/support/source_tree.hpp"

#include <iostream>

namespace cunzheng::bench {
namespace {

constexpr std::size_t rounds = 200;

std::string shipped(const char* name) { return test::tree_text(std::string("deploy/data/") + name); }

// A handler and a head since the day.
domain::Posts staffed_since(CivilDate day) {
  domain::OfficerId handler;
  domain::OfficerId head;
  handler.value()[0] = 1;
  head.value()[0] = 2;
  return domain::Posts({{handler, domain::Post::handler, day, {}}, {head, domain::Post::head, day, {}}});
}

}  // namespace

void bench_rules(const Options&) {
  const auto catalogue = domain::catalogue_from_json(shipped("catalogue-7.json"));
  const auto calendar_data = domain::calendar_from_json(shipped("calendar.json"));
  if (!catalogue || !calendar_data) {
    std::cerr << "bench: the shipped data cannot be read\n";
    return;
  }
  const auto calendar = domain::Calendar::from(*calendar_data).value();
  std::vector<domain::Application> applications;
  for (const auto& item : catalogue->issuable) {
    for (const auto& purpose : item.purposes) {
      for (const auto& kind : item.requester_kinds) {
        domain::Application application;
        application.item = item.id;
        application.purpose = purpose;
        application.requester_kind = kind;
        applications.push_back(application);
      }
    }
  }
  for (const auto& item : catalogue->negative) {
    domain::Application application;
    application.item = item.id;
    applications.push_back(application);
  }
  const auto day = catalogue->effective_from + 30;
  const auto posts = staffed_since(catalogue->effective_from);
  std::vector<double> micros;
  std::size_t permits = 0;
  for (std::size_t round = 0; round < rounds; ++round) {
    for (const auto& application : applications) {
      const auto seconds = seconds_of([&] {
        const auto decision = domain::decide(application, {*catalogue, &calendar, 0}, posts, day);
        permits += std::holds_alternative<domain::Permit>(decision) ? 1 : 0;
      });
      micros.push_back(seconds * 1e6);
    }
  }
  print({{"bench", "rules"},
         {"applications", applications.size()},
         {"permits", permits / rounds},
         {"decide_us_median", percentile(micros, 0.5)},
         {"decide_us_p99", percentile(micros, 0.99)}});
}

}  // namespace cunzheng::bench
