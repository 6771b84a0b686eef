// The law of the registers: the rows are a function of the set of entries. Whatever the order in which journals arrive,
// however the arrivals are cut into batches, however often they or parts of them come again, and wherever the program
// is stopped and started: the rows are, byte for byte, those of the rebuild.

#include "tests/support/random_year.hpp"

#include <algorithm>

namespace cunzheng::registers {
namespace {

using domain::testing::day;
using journal::DataKind;
using journal::Range;
using test::Line;
using test::RandomYear;
using test::RegisterBooks;
using test::RegisterWorld;
using test::SeededRandom;

// The ranges in another order: each journal in its own, a branch after what it left.
std::vector<Range> shuffled(const RegisterWorld& world, SeededRandom& chance) {
  struct Pile {
    const Line* line;
    std::size_t next = 0;
  };
  std::vector<Pile> piles;
  for (const auto& line : world.lines()) {
    if (!line.ranges.empty()) piles.push_back({&line});
  }
  std::map<journal::JournalId, std::set<journal::EntryId>> there;
  std::vector<Range> out;
  for (;;) {
    std::vector<Pile*> ready;
    for (auto& pile : piles) {
      if (pile.next == pile.line->ranges.size()) continue;
      const auto& range = pile.line->ranges[pile.next];
      const auto prev = journal::prev_of(range);
      if (!prev || there[range.journal].contains(*prev)) ready.push_back(&pile);
    }
    if (ready.empty()) return out;
    // Long runs of one journal are as likely as a mixture.
    auto& pile = *ready[chance.below(ready.size())];
    for (auto many = chance.between(1, 6); many > 0 && pile.next < pile.line->ranges.size(); --many) {
      const auto& range = pile.line->ranges[pile.next++];
      for (const auto& item : range.items) there[range.journal].insert(item.id);
      out.push_back(range);
    }
  }
}

// The same range as it comes from a damaged disk, or before its private parts. A stub does not say which branch of a
// fork it stands on, so none come from copied laptops.
Range worse(const Range& range, const RegisterWorld& world, SeededRandom& chance) {
  auto out = range;
  for (auto& item : out.items) {
    if (chance.one_in(2)) item.private_part.reset();
  }
  const bool forked = std::any_of(world.lines().begin(), world.lines().end(), [&](const Line& line) {
    return line.id() == range.journal && !line.ranges.empty() && line.ranges.front().first != 0;
  });
  if (!forked && out.items.size() == 1 && chance.one_in(3)) out.items.front() = {out.items.front().id, {}, {}};
  return out;
}

// Delivers the year in some order and some way; what matters comes from `chance` alone.
void deliver(RegisterBooks& books, const RegisterWorld& world, SeededRandom& chance) {
  const auto order = shuffled(world, chance);
  for (std::size_t at = 0; at < order.size(); ++at) {
    const auto& range = order[at];
    const bool opens = range.first == 0;  // what nobody can read opens no journal
    if (!opens && chance.one_in(6)) books.take({worse(range, world, chance)});
    books.take({range});
    if (chance.one_in(8)) books.take({order[chance.below(at + 1)]});
    if (chance.one_in(4)) books.project(chance.between(1, 9));
    if (chance.one_in(25)) books.restart();
  }
  while (books.project(chance.between(1, 40))) {
    if (chance.one_in(10)) books.restart();
  }
}

// ---------------------------------------------------------------- the law

TEST(Projection, RowsAreAFunctionOfTheSetOfEntries) {
  for (const auto seed : test::year_seeds()) {
    const RandomYear year(seed);
    RegisterBooks plain(year.world.root.keys.public_key);
    plain.take_all(year.world.everything());
    const auto expected = plain.digest();
    for (std::uint64_t way = 0; way < 4; ++way) {
      SeededRandom chance(seed * 1000 + way);
      RegisterBooks books(year.world.root.keys.public_key);
      deliver(books, year.world, chance);
      ASSERT_EQ(books.digest(), expected) << "seed " << seed << " way " << way;
      books.rebuild(chance.between(1, 60));
      ASSERT_EQ(books.digest(), expected) << "rebuilt, seed " << seed << " way " << way;
    }
  }
}

// A book of facts filled from the copies in the rows, as at each start, answers as the one that learned them one by
// one.
TEST(Projection, FactsFromTheRowsAreTheFactsLearned) {
  for (const auto seed : test::year_seeds()) {
    const RandomYear year(seed);
    RegisterBooks books(year.world.root.keys.public_key);
    books.take_all(year.world.everything());
    FactBook again(year.world.root.keys.public_key);
    ASSERT_TRUE(books.projection().each_fact([&](const Held& held) { again.learn(held); }));
    const auto& facts = books.projection().facts();
    EXPECT_EQ(again.newest_revision(DataKind::catalogue), facts.newest_revision(DataKind::catalogue)) << seed;
    EXPECT_EQ(again.posts("v1").all(), facts.posts("v1").all()) << seed;
    EXPECT_EQ(again.rejected().size(), facts.rejected().size()) << seed;
    ASSERT_EQ(again.exclusions().has_value(), facts.exclusions().has_value());
    if (facts.exclusions()) {
      EXPECT_EQ(again.exclusions()->list, facts.exclusions()->list) << seed;
    }
    for (const auto& finding : books.findings()) {
      EXPECT_EQ(again.ruling_on(finding.id) != nullptr, facts.ruling_on(finding.id) != nullptr) << seed;
    }
  }
}

// Nothing is lost and nothing invented: each certificate that was written has one row, and the numbers of a laptop that
// nobody copied run without gaps.
TEST(Projection, AccountsForEveryNumber) {
  for (const auto seed : test::year_seeds()) {
    const RandomYear year(seed);
    SeededRandom chance(seed);
    RegisterBooks books(year.world.root.keys.public_key);
    deliver(books, year.world, chance);
    const auto rows = books.book<CertificateRow>();
    ASSERT_EQ(rows.size(), year.certificates) << seed;
    std::set<journal::EntryId> entries;
    std::map<std::string, std::set<std::uint32_t>> serials;
    for (const auto& row : rows) {
      entries.insert(row.entry);
      const auto number = domain::parse_machine_number(row.machine_number, {});
      ASSERT_TRUE(number) << row.machine_number;
      serials[std::string(1, number->series)].insert(number->serial);
    }
    EXPECT_EQ(entries.size(), rows.size()) << seed;
    const auto& of_b = serials["B"];
    if (!of_b.empty()) {
      EXPECT_EQ(of_b.size(), *of_b.rbegin()) << "a gap, seed " << seed;
    }
  }
}

// What a law says of cases that never come up is worth nothing: the years together reach every rule, each of them open
// and most of them withdrawn.
TEST(Projection, YearsReachEveryRule) {
  std::set<FindingRule> open;
  std::set<FindingRule> withdrawn;
  for (const auto seed : test::year_seeds()) {
    const RandomYear year(seed);
    RegisterBooks books(year.world.root.keys.public_key);
    books.take_all(year.world.everything());
    for (const auto& finding : books.findings()) (finding.withdrawn_by ? withdrawn : open).insert(finding.rule);
  }
  for (std::size_t rule = 0; rule < codec::EnumNames<FindingRule>::names.size(); ++rule) {
    EXPECT_TRUE(open.contains(static_cast<FindingRule>(rule))) << codec::name_of(static_cast<FindingRule>(rule));
  }
  EXPECT_GE(withdrawn.size(), 6U);
}

// Checklist 9: a row that was damaged shows in the digest, and a rebuild gives the digest from before.
TEST(Projection, RebuildMendsADamagedRow) {
  const RandomYear year(5);
  RegisterBooks books(year.world.root.keys.public_key);
  books.take_all(year.world.everything());
  const auto before = books.digest();
  std::optional<RowKey> victim;
  Bytes damaged;
  ASSERT_TRUE(books.rows.scan(CertificateRow::table_name, {}, [&](ByteView key, ByteView value) {
    victim = RowKey{CertificateRow::table_name, bytes_of(key)};
    damaged = bytes_of(value);
    return false;
  }));
  ASSERT_TRUE(victim);
  damaged[damaged.size() / 2] ^= 1;
  ASSERT_TRUE(books.rows.apply({{*victim, damaged}}));
  EXPECT_NE(books.digest(), before);
  books.rebuild();
  EXPECT_EQ(books.digest(), before);
}

// ---------------------------------------------------------------- bugs that must be seen

// A reader of subjects that misses one entry of those with several.
class ForgetfulSubjects final : public Subjects {
 public:
  explicit ForgetfulSubjects(Subjects& honest) : honest_(honest) {}
  Result<std::vector<Held>> of_subject(const domain::SubjectId& subject) override {
    TRY(auto entries, honest_.of_subject(subject));
    if (entries.size() > 1) entries.pop_back();
    return entries;
  }

 private:
  Subjects& honest_;
};

// Rows that lose what is put into one table: an index nobody finds anything in.
class RowsWithoutTable final : public RowStore {
 public:
  explicit RowsWithoutTable(std::string table) : table_(std::move(table)) {}
  Result<std::optional<Bytes>> get(const RowKey& row) override { return rows_.get(row); }
  Status apply(const std::map<RowKey, std::optional<Bytes>>& changes) override { return rows_.apply(changes); }
  Status scan(const std::string& table, ByteView prefix, const std::function<bool(ByteView, ByteView)>& each) override {
    // Whole scans (digest) see it; look-ups in it do not.
    if (table == table_ && !prefix.empty()) return {};
    return rows_.scan(table, prefix, each);
  }
  Status clear() override { return rows_.clear(); }

 private:
  std::string table_;
  MemRowStore rows_;
};

// How many of the seeds see the difference between honest rows and those of a projection over `rows` and `subjects`.
std::size_t seeds_that_see(const std::function<std::unique_ptr<RowStore>()>& make_rows, bool forgetful) {
  std::size_t seen = 0;
  for (const auto seed : test::year_seeds()) {
    const RandomYear year(seed);
    RegisterBooks honest(year.world.root.keys.public_key);
    SeededRandom chance(seed);
    const auto order = shuffled(year.world, chance);
    honest.take_all(order);

    test::SubjectsOfStore subjects(honest.store);
    ForgetfulSubjects without(subjects);
    const auto rows = make_rows();
    SeededRandom key_chance(99);
    const auto person_key = crypto::SymmetricKey::draw(key_chance);
    Projection projection(*rows, forgetful ? static_cast<Subjects&>(without) : subjects,
                          year.world.root.keys.public_key, person_key);
    EXPECT_TRUE(projection.open());
    const auto arrivals = honest.store.arrivals(0, 100'000);
    for (const auto& arrival : *arrivals) {
      const auto stored = honest.store.item(arrival.place);
      const auto info = honest.store.journal(arrival.place.journal);
      std::optional<journal::Seq> forked_at;
      if (info->fork) forked_at = info->fork->seq;
      const NumberedArrival one{arrival.number, {arrival.place.journal, stored->item}, forked_at, arrival.place.seq};
      EXPECT_TRUE(projection.apply(std::span(&one, 1)));
    }
    if (projection.digest().value_or(Hash{}) != honest.digest()) ++seen;
  }
  return seen;
}

TEST(PlantedBug, HonestOnesAreNotSeen) {
  EXPECT_EQ(seeds_that_see([] { return std::make_unique<MemRowStore>(); }, false), 0U);
}
TEST(PlantedBug, SubjectsThatMissAnEntry) {
  EXPECT_EQ(seeds_that_see([] { return std::make_unique<MemRowStore>(); }, true), test::year_seeds().size());
}
TEST(PlantedBug, NobodyIsJudgedAgainWhenFactsChange) {
  EXPECT_GT(seeds_that_see([] { return std::make_unique<RowsWithoutTable>("watch"); }, false),
            test::year_seeds().size() / 2);
}
TEST(PlantedBug, NobodyIsJudgedAgainWhenMinutesComeIn) {
  EXPECT_GT(seeds_that_see([] { return std::make_unique<RowsWithoutTable>("use"); }, false),
            test::year_seeds().size() / 4);
}
TEST(PlantedBug, PersonsAreNotFound) {
  EXPECT_GT(seeds_that_see([] { return std::make_unique<RowsWithoutTable>("person"); }, false),
            test::year_seeds().size() / 4);
}

}  // namespace
}  // namespace cunzheng::registers
