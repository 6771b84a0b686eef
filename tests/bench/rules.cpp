// What a decision costs with the shipped catalogue: decide() for every item, requester and purpose it lists.

#include "shared/domain/eligibility.hpp"
#include "tests/bench/measure.hpp"

#include <fstream>
#include <iostream>
#include <sstream>

namespace cunzheng::bench {

void bench_rules(const Options&) {
  std::stringstream text;
  text << std::ifstream(std::string(CUNZHENG_SOURCE_DIR) + "/deploy/data/catalogue-7.json").rdbuf();
  const auto catalogue = domain::catalogue_from_json(text.str());
  if (!catalogue) {
    std::cerr << "bench: " << catalogue.error().what.en << " " << catalogue.error().field << "\n";
    return;
  }
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
  std::vector<double> micros;
  std::size_t permits = 0;
  for (int round = 0; round < 200; ++round) {
    for (const auto& application : applications) {
      const auto seconds = seconds_of([&] {
        const auto decision = domain::decide(application, {*catalogue, nullptr, 0}, {}, day);
        permits += std::holds_alternative<domain::Permit>(decision) ? 1 : 0;
      });
      micros.push_back(seconds * 1e6);
    }
  }
  print({{"bench", "rules"},
         {"applications", applications.size()},
         {"permits", permits},
         {"decide_us_median", percentile(micros, 0.5)},
         {"decide_us_p99", percentile(micros, 0.99)}});
}

}  // namespace cunzheng::bench
