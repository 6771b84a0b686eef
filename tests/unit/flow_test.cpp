// Flow, backoff and lineage: the small parts of a session, each by itself.

#include "sync/core/flow.hpp"

#include "sync/core/backoff.hpp"
#include "sync/core/lineage.hpp"
#include "tests/support/journals.hpp"

#include <gtest/gtest.h>

#include <map>

namespace cunzheng::sync {
namespace {

using test::SeededRandom;
using test::TestJournal;

// A link of `bytes_per_second` that is always given as much as the flow allows.
struct Pipe {
  explicit Pipe(std::uint64_t bytes_per_second, std::int64_t round_trip_ms)
      : rate(bytes_per_second), delay_ms(round_trip_ms) {}

  void run(int batches) {
    for (int k = 0; k < batches; ++k) {
      while (flow.has_room()) {
        const auto bytes = flow.batch_bytes();
        free_at = std::max(free_at, now) + static_cast<std::int64_t>(bytes * 1000 / rate);
        under_way[free_at + delay_ms] = {bytes, now};
        flow.sent(bytes);
        most_under_way = std::max(most_under_way, sum());
      }
      const auto first = *under_way.begin();
      under_way.erase(under_way.begin());
      now = first.first;
      flow.acknowledged(first.second.first, first.second.second, now);
    }
  }
  std::size_t sum() const {
    std::size_t bytes = 0;
    for (const auto& [at, batch] : under_way) bytes += batch.first;
    return bytes;
  }

  Limits limits;
  Flow flow{limits};
  std::uint64_t rate;
  std::int64_t delay_ms;
  Instant now{1'000'000};
  Instant free_at;
  std::map<Instant, std::pair<std::size_t, Instant>> under_way;
  std::size_t most_under_way = 0;
};

// Whatever the link: after a few batches each takes about five seconds of it, within the limits, and no more is under
// way than ten seconds of it.
TEST(Flow, ABatchIsFiveSecondsOfTheLink) {
  for (const std::uint64_t rate : {1'000U, 8'000U, 30'000U}) {
    Pipe pipe(rate, 600);
    pipe.run(10);
    const auto seconds = static_cast<double>(pipe.flow.batch_bytes()) / static_cast<double>(rate);
    EXPECT_GT(seconds, 3.5) << rate;
    EXPECT_LT(seconds, 5.5) << rate;
    EXPECT_LE(pipe.most_under_way, std::max<std::uint64_t>(2 * pipe.limits.batch_bytes_first, rate * 11)) << rate;
  }
  Pipe fast(10'000'000, 50);
  fast.run(20);
  EXPECT_EQ(fast.flow.batch_bytes(), fast.limits.batch_bytes_max);
  EXPECT_LE(fast.most_under_way, fast.limits.window_bytes);
  EXPECT_GT(fast.most_under_way, fast.limits.window_bytes / 2);
  Pipe crawling(10, 600);
  crawling.run(10);
  EXPECT_EQ(crawling.flow.batch_bytes(), 2048U);
}

// A single certificate is mostly round trip: it does not make the batches of the next bulk transfer small.
TEST(Flow, SmallBatchesSayNothing) {
  Flow flow{Limits{}};
  const auto before = flow.batch_bytes();
  flow.sent(300);
  flow.acknowledged(300, Instant{0}, Instant{9'000});
  EXPECT_EQ(flow.batch_bytes(), before);
  EXPECT_TRUE(flow.has_room());
}

// Something larger than the window still goes out, alone.
TEST(Flow, OneIsAlwaysAllowed) {
  Flow flow{Limits{}};
  EXPECT_TRUE(flow.has_room());
  flow.sent(2U << 20);
  EXPECT_FALSE(flow.has_room());
  flow.given_up(2U << 20);
  EXPECT_TRUE(flow.has_room());
}

// Delays grow to five minutes, are never shorter than a quarter second, and begin anew when the hub was reached.
TEST(Backoff, GrowsAndBeginsAnew) {
  SeededRandom random(1);
  Backoff backoff;
  std::int64_t ceiling = 1'000;
  for (int k = 0; k < 10; ++k) {
    const auto delay = backoff.next_ms(random);
    EXPECT_GE(delay, ceiling / 4);
    EXPECT_LE(delay, ceiling);
    ceiling = std::min<std::int64_t>(4 * ceiling, 300'000);
  }
  backoff.reached();
  EXPECT_LE(backoff.next_ms(random), 1'000);
}

// 5,000 laptops lose a hub that is away for ten seconds: all have tried again 65 seconds after it is back, and in no
// single second more than a tenth of them.
TEST(Backoff, CrowdsSpread) {
  SeededRandom random(2);
  std::map<std::int64_t, int> in_second;
  for (int laptop = 0; laptop < 5'000; ++laptop) {
    Backoff backoff;
    std::int64_t at = 0;
    while (at < 10'000) at += backoff.next_ms(random);
    ++in_second[at / 1000];
  }
  EXPECT_LE(in_second.rbegin()->first, 75);
  for (const auto& [second, laptops] : in_second) EXPECT_LE(laptops, 500) << second;
}

journal::Head head(std::uint8_t journal, journal::Seq seq, std::uint8_t id) {
  journal::Head made;
  made.journal.value().fill(journal);
  made.seq = seq;
  made.id.value().fill(id);
  return made;
}

// How a journal stands, from the ends that both sides name. Ids are told apart, names of branches are not trusted.
TEST(Lineage, EndsAreCompared) {
  const auto ours = head(1, 5, 50);
  struct Row {
    const char* what;
    std::vector<journal::Head> others;  // ours, beside `ours`
    std::vector<journal::Head> theirs;
    Standing standing;
  };
  const Row rows[] = {
      {"nothing of it", {}, {head(2, 5, 60)}, Standing::peer_lacks},
      {"the same end", {}, {head(1, 5, 50)}, Standing::level},
      {"the same end under a branch's name", {}, {head(1, 7, 70), head(9, 5, 50)}, Standing::level},
      {"an earlier end", {}, {head(1, 3, 30)}, Standing::peer_behind},
      {"a later end", {}, {head(1, 8, 80)}, Standing::peer_ahead},
      {"another entry there", {}, {head(1, 5, 51)}, Standing::differs},
      {"its trunk is our branch", {head(9, 8, 80)}, {head(1, 8, 80)}, Standing::differs},
      {"two ends, one is our branch", {head(9, 8, 80)}, {head(1, 8, 80), head(1, 3, 30)}, Standing::peer_behind},
  };
  for (const auto& row : rows) {
    auto all = row.others;
    all.push_back(ours);
    EXPECT_EQ(PeerHeads(all, compact(row.theirs)).compare(ours).standing, row.standing) << row.what;
  }
}

// Whether a range joins an entry is seen where it touches it, and nowhere else.
TEST(Lineage, RangesAreComparedWhereTheyTouch) {
  TestJournal journal(1);
  journal.add_many(9);
  auto copy = journal.clone(2);
  journal.add_many(5);
  copy.add_many(5);
  const auto tip = journal.head(11).head;  // the branches part at 10
  EXPECT_EQ(joins(journal.range(12, 14), tip), true);
  EXPECT_EQ(joins(journal.range(10, 14), tip), true);
  EXPECT_EQ(joins(journal.range(11, 11), tip), true);
  EXPECT_EQ(joins(copy.range(12, 14), tip), false);
  EXPECT_EQ(joins(copy.range(0, 14), tip), false);
  EXPECT_EQ(joins(journal.range(13, 14), tip), std::nullopt);
  EXPECT_EQ(joins(journal.range(0, 10), tip), std::nullopt);
  EXPECT_EQ(joins(journal.stub(12), tip), std::nullopt);
  EXPECT_EQ(joins(copy.stub(11), tip), false);
}

TEST(Lineage, PlacesAreReadFromFailures) {
  const auto place = [](const char* field) { return place_in(Failure{FailureCode::conflict, {}, field, {}}, "seq "); };
  EXPECT_EQ(place("seq 17"), journal::Seq{17});
  for (const auto* field :
       {"", "seq", "seq ", "seq x", "seq 1x", "seq -1", "send_from 3", "seq 99999999999999999999"}) {
    EXPECT_EQ(place(field), std::nullopt) << field;
  }
}

}  // namespace
}  // namespace cunzheng::sync
