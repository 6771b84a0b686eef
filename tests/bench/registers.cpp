// The registers of a district on a real disk: certificates of many villages are stored, judged and written into rows;
// then lines are looked for by number, person and day, and the month is counted.

#include "shared/crypto/system_random.hpp"
#include "shared/registers/report.hpp"
#include "sync/store/leveldb_store.hpp"
#include "tests/bench/measure.hpp"
#include "tests/support/register_books.hpp"

#include <unistd.h>

#include <iostream>

namespace cunzheng::bench {
namespace {

constexpr std::size_t per_village = 300;
constexpr std::size_t per_round = 2000;  // arrivals that are judged together, as the hub does when it catches up
constexpr std::size_t questions = 200;
constexpr std::size_t page_lines = 50;

// In the region that does not exist, with a check character that is not looked at here.
domain::Person person(std::size_t number) {
  auto digits = std::to_string(10'000'000 + number);
  return {"测试" + digits.substr(4), "1201991" + digits + "01" + "X", "", ""};
}

class District {
 public:
  explicit District(const std::filesystem::path& folder) {
    store::StoreOptions options;
    options.folder = folder;
    options.random = &random_;
    const auto key = crypto::SymmetricKey::draw(random_);
    bool was_reset = false;
    entries = store::create_leveldb_store(options, key).value();
    rows = store::open_row_store(options, key, &was_reset).value();
    subjects = std::make_unique<test::SubjectsOfStore>(*entries);
    projection = std::make_unique<registers::Projection>(*rows, *subjects, world.root.keys.public_key,
                                                         crypto::derive(key, "person-index"));
    if (!projection->open()) std::abort();
    test::publish_shipped(world);
  }

  void store_and_judge() {
    if (!entries->append(world.take())) std::abort();
    for (;;) {
      const auto arrivals = entries->arrivals(projection->cursor(), per_round).value();
      if (arrivals.empty()) return;
      std::vector<registers::NumberedArrival> numbered;
      for (const auto& arrival : arrivals) {
        auto stored = entries->item(arrival.place).value();
        numbered.push_back(
            {arrival.number, {arrival.place.journal, std::move(stored.item)}, std::nullopt, arrival.place.seq});
      }
      if (!projection->apply(numbered)) std::abort();
    }
  }

  test::RegisterWorld world;
  std::unique_ptr<store::EntryStore> entries;
  std::unique_ptr<registers::RowStore> rows;
  std::unique_ptr<registers::Subjects> subjects;
  std::unique_ptr<registers::Projection> projection;

 private:
  crypto::SystemRandom random_;
};

}  // namespace

void bench_registers(const Options& options) {
  District district(options.scratch);
  const auto first = domain::testing::day("2026-05-01");
  std::vector<std::string> numbers;
  std::size_t made = 0;
  double making = 0;
  double judging = 0;
  for (std::size_t village = 0; made < options.certificates; ++village) {
    const auto body = "n" + std::to_string(village);
    making += seconds_of([&] {
      district.world.add_body(body, domain::testing::day("2026-03-20"));
      auto& laptop = district.world.add_laptop(body, "A", domain::testing::day("2026-04-01"));
      for (std::size_t k = 0; k < per_village && made < options.certificates; ++k, ++made) {
        test::Paper paper;
        paper.person = person(made);
        paper.day = first + static_cast<int>(made % 31);
        numbers.push_back(district.world.issue(laptop, paper).number.machine());
      }
    });
    judging += seconds_of([&] { district.store_and_judge(); });
  }

  std::vector<double> by_number, by_person, by_day;
  std::size_t found = 0;
  const auto ask = [&](registers::RowQuery query, std::vector<double>& into) {
    query.table = registers::CertificateRow::table_name;
    into.push_back(1e3 * seconds_of([&] { found += district.projection->page(query).value().rows.size(); }));
  };
  for (std::size_t k = 0; k < questions; ++k) {
    const auto which = k * 7919 % made;
    registers::RowQuery number;
    number.number = numbers[which];
    ask(number, by_number);
    registers::RowQuery holder;
    holder.person = person(which).id_number;
    ask(holder, by_person);
    registers::RowQuery day;
    day.days = registers::Days{first + static_cast<int>(k % 31), first + 30};
    day.most = page_lines;
    ask(day, by_day);
  }
  std::uint64_t counted = 0;
  const auto counting = seconds_of([&] {
    const auto report = registers::report_of(*district.projection, {}, {first, first + 30}, first + 31).value();
    for (const auto& tally : report.tallies) counted += tally.lines;
  });
  if (counted != made || found < questions * 2) std::cerr << "bench: the registers are not complete\n";
  print({{"bench", "registers"},
         {"certificates", made},
         {"villages", (made + per_village - 1) / per_village},
         {"made_per_second", static_cast<double>(made) / making},
         {"stored_and_judged_per_second", static_cast<double>(made) / judging},
         {"by_number_ms_median", percentile(by_number, 0.5)},
         {"by_person_ms_median", percentile(by_person, 0.5)},
         {"page_of_a_day_ms_median", percentile(by_day, 0.5)},
         {"page_of_a_day_ms_p99", percentile(by_day, 0.99)},
         {"monthly_report_seconds", counting},
         {"resident_kib", resident_kib(::getpid())}});
}

}  // namespace cunzheng::bench
