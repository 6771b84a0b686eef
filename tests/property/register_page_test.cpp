// Whatever is asked of a register in parts is what stands in the whole of it: pages, days, numbers, persons; and the
// counts of the monthly report add up to its lines (R98).

#include "shared/registers/report.hpp"
#include "tests/support/random_year.hpp"

namespace cunzheng::registers {
namespace {

using test::RandomYear;
using test::RegisterBooks;
namespace json = codec::json;

using Lines = std::vector<json::value>;

// The column that holds the day of the act.
const char* day_of(const std::string& table) {
  static const std::map<std::string, const char*> columns{{"application", "applied_on"}, {"certificate", "issued_on"},
                                                          {"refusal", "refused_on"},     {"deliberation", "held_on"},
                                                          {"inquiry", "asked_on"},       {"commitment", "made_on"},
                                                          {"credit", "decided_on"}};
  return columns.at(table);
}

std::string text_of(const json::value& row, const char* column) {
  const auto* found = row.as_object().if_contains(column);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

std::multiset<std::string> as_set(const Lines& rows) {
  std::multiset<std::string> out;
  for (const auto& row : rows) out.insert(json::serialize(row));
  return out;
}

template <class Keep>
std::multiset<std::string> those(const Lines& rows, const Keep& keep) {
  Lines kept;
  std::copy_if(rows.begin(), rows.end(), std::back_inserter(kept), keep);
  return as_set(kept);
}

Lines page_by_page(const Projection& projection, RowQuery query, std::size_t most) {
  Lines all;
  query.most = most;
  for (;;) {
    const auto page = projection.page(query);
    EXPECT_TRUE(page);
    if (!page) return all;
    EXPECT_LE(page->rows.size(), most);
    all.insert(all.end(), page->rows.begin(), page->rows.end());
    if (page->next.empty()) return all;
    EXPECT_EQ(page->rows.size(), most) << "a page that is not the last is full";
    query.after = page->next;
  }
}

class EachYear : public testing::Test {
 protected:
  // `check` with the registers of each year; each table at least once with lines in it.
  template <class Check>
  void in_each(const Check& check) {
    std::map<std::string, std::size_t> lines;
    for (const auto seed : test::year_seeds()) {
      RandomYear year(seed);
      RegisterBooks books(year.world.root.keys.public_key);
      books.take_all(year.world.everything());
      for (const auto& book : all_registers()) {
        const std::string table(book.table);
        const auto rows = books.projection().rows(table, {});
        ASSERT_TRUE(rows);
        lines[table] += rows->size();
        check(seed, books.projection(), table, *rows);
      }
    }
    for (const auto& [table, count] : lines) EXPECT_GT(count, 0U) << table;
  }
};

TEST_F(EachYear, PagesAreTheWholeBookInItsOrder) {
  in_each([](auto seed, const Projection& projection, const std::string& table, const Lines& rows) {
    RowQuery query;
    query.table = table;
    for (const std::size_t most : {std::size_t{1}, std::size_t{3}, std::size_t{1000}}) {
      EXPECT_EQ(page_by_page(projection, query, most), rows) << table << " year " << seed;
    }
  });
}

TEST_F(EachYear, DaysGiveTheLinesOfThoseDaysInTheirOrder) {
  in_each([](auto seed, const Projection& projection, const std::string& table, const Lines& rows) {
    for (const auto& span : {std::pair("2026-04-01", "2026-04-30"), std::pair("2026-05-11", "2026-05-11"),
                             std::pair("1900-01-01", "2199-12-31")}) {
      const char* const first = span.first;
      const char* const last = span.second;
      RowQuery query;
      query.table = table;
      query.days = Days{domain::testing::day(first), domain::testing::day(last)};
      const auto found = page_by_page(projection, query, 2);
      const auto wanted = those(rows, [&](const json::value& row) {
        const auto day = text_of(row, day_of(table));
        return day >= first && day <= last;
      });
      EXPECT_EQ(as_set(found), wanted) << table << " year " << seed << " from " << first;
      EXPECT_TRUE(std::is_sorted(found.begin(), found.end(), [&](const auto& a, const auto& b) {
        return text_of(a, day_of(table)) < text_of(b, day_of(table));
      }));
      query.body = "v2";  // a committee that has nothing
      EXPECT_TRUE(page_by_page(projection, query, 2).empty());
    }
  });
}

TEST_F(EachYear, NumbersAndPersonsGiveTheirLines) {
  in_each([](auto seed, const Projection& projection, const std::string& table, const Lines& rows) {
    for (const auto& person : test::people_of_year()) {
      RowQuery query;
      query.table = table;
      query.person = person.id_number;
      const auto wanted = those(rows, [&](const json::value& row) {
        return text_of(row, "applicant_id_number") == person.id_number ||
               text_of(row, "person_id_number") == person.id_number;
      });
      EXPECT_EQ(as_set(page_by_page(projection, query, 2)), wanted) << table << " year " << seed;
    }
    for (const auto& row : rows) {
      RowQuery query;
      query.table = table;
      query.number = text_of(row, "machine_number");
      if (query.number.empty()) continue;
      const auto wanted =
          those(rows, [&](const json::value& each) { return text_of(each, "machine_number") == query.number; });
      EXPECT_EQ(as_set(page_by_page(projection, query, 100)), wanted) << query.number << " year " << seed;
      query.person = test::people_of_year().front().id_number;
      const auto of_both = those(rows, [&](const json::value& each) {
        return text_of(each, "machine_number") == query.number && text_of(each, "applicant_id_number") == query.person;
      });
      EXPECT_EQ(as_set(page_by_page(projection, query, 100)), of_both) << query.number << " year " << seed;
    }
  });
}

TEST_F(EachYear, TheReportAddsUpToTheLines) {
  const auto first = domain::testing::day("2026-01-01");
  in_each([&](auto seed, const Projection& projection, const std::string& table, const Lines& rows) {
    std::uint64_t in_months = 0;
    for (int month = 0; month < 24; ++month) {
      const Days days{first.plus_months(month), first.plus_months(month + 1) + -1};
      const auto report = report_of(projection, {}, days, days.last);
      ASSERT_TRUE(report);
      for (const auto& tally : report->tallies) {
        if (tally.table != table) continue;
        in_months += tally.lines;
        for (const auto& [column, counts] : tally.by) {
          std::uint64_t sum = 0;
          for (const auto& [what, lines] : counts) {
            sum += lines;
            if (column == "overdue" || column == "findings_open") continue;  // yes or no, made of a day or a number
            const auto wanted = those(rows, [&, name = column, value = what](const json::value& row) {
              const auto day = text_of(row, day_of(table));
              const auto& cell = row.as_object().at(name);
              const auto text = cell.is_string() ? std::string(cell.get_string()) : json::serialize(cell);
              return text == value && day >= days.first.text() && day <= days.last.text();
            });
            EXPECT_EQ(lines, wanted.size()) << table << "." << column << " " << what << " year " << seed;
          }
          EXPECT_EQ(sum, tally.lines) << table << "." << column;
        }
      }
    }
    EXPECT_EQ(in_months, rows.size()) << table << " year " << seed;
  });
}

}  // namespace
}  // namespace cunzheng::registers
