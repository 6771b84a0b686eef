// What verify_range() lets through, and that it names the place where a range breaks.

#include "shared/codec/archive.hpp"
#include "shared/journal/range.hpp"
#include "tests/support/journals.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace cunzheng::journal {
namespace {

using test::SeededRandom;
using test::TestJournal;

TestJournal village(std::size_t entries = 6) {
  TestJournal journal(1);
  journal.add_many(entries - 1);
  return journal;
}

// The head of a range signed anew, so that only what stands behind it can be wrong.
void sign_again(Range& range, const TestJournal& journal) {
  range.head = sign_head({range.journal, range.last(), range.items.back().id}, journal.secret());
}

// The entry at `index` of the range, changed and with an id that fits its new bytes.
void rewrite(Range& range, std::size_t index, const std::function<void(Entry&)>& change) {
  auto& item = range.items[index];
  auto entry = parse_entry(item.entry);
  ASSERT_TRUE(entry.has_value());
  change(*entry);
  item.entry = to_bytes(*entry);
  item.id = id_of(item.entry);
}

TEST(VerifyRange, AcceptsWhatTheWriterCut) {
  const auto journal = village();
  for (Seq first = 0; first <= journal.last(); ++first) {
    for (Seq last = first; last <= journal.last(); ++last) {
      EXPECT_TRUE(verify_range(journal.range(first, last), journal.key()).has_value()) << first << ".." << last;
    }
  }
  for (Seq seq = 0; seq <= journal.last(); ++seq) EXPECT_TRUE(verify_range(journal.stub(seq), journal.key()).has_value());
}

struct Break {
  const char* what;
  Seq first;  // of the range 0..5 or 2..5 that is broken
  std::function<void(Range&, const TestJournal&)> change;
  Seq named;
};

std::vector<Break> breaks() {
  return {
      {"no items", 2, [](Range& r, const TestJournal&) { r.items.clear(); }, 2},
      {"head of another journal", 2, [](Range& r, const TestJournal&) { r.head.head.journal.value()[0] ^= 1; }, 5},
      {"head of an earlier entry", 2, [](Range& r, const TestJournal& j) { r.head = j.head(4); }, 5},
      {"head of a later entry", 2, [](Range& r, const TestJournal&) { r.items.pop_back(); }, 4},
      {"head that names another id", 2, [](Range& r, const TestJournal&) { r.head.head.id.value()[0] ^= 1; }, 5},
      {"signature", 2, [](Range& r, const TestJournal&) { r.head.signature.value()[0] ^= 1; }, 5},
      {"signed by another key", 2,
       [](Range& r, const TestJournal&) { r.head = sign_head(r.head.head, TestJournal(2).secret()); }, 5},
      {"the signed id is not the last item's", 2,
       [](Range& r, const TestJournal& j) {
         r.head = sign_head({r.journal, r.last(), r.items[2].id}, j.secret());
       },
       5},
      {"last item's bytes", 2, [](Range& r, const TestJournal&) { r.items[3].entry[100] ^= 1; }, 5},
      {"middle item's bytes", 2, [](Range& r, const TestJournal&) { r.items[1].entry[100] ^= 1; }, 3},
      {"first item's bytes", 2, [](Range& r, const TestJournal&) { r.items[0].entry[100] ^= 1; }, 2},
      {"middle item's id", 2, [](Range& r, const TestJournal&) { r.items[1].id.value()[7] ^= 1; }, 3},
      {"middle item rewritten", 2,
       [](Range& r, const TestJournal&) { rewrite(r, 1, [](Entry& e) { e.body[0] ^= 1; }); }, 3},
      {"an item left out", 2,
       [](Range& r, const TestJournal& j) {
         r.items.erase(r.items.begin() + 1);
         sign_again(r, j);
       },
       4},
      {"an item twice", 2,
       [](Range& r, const TestJournal& j) {
         r.items.insert(r.items.begin() + 1, r.items[1]);
         sign_again(r, j);
       },
       6},
      {"two items changed places", 2,
       [](Range& r, const TestJournal& j) {
         r.items[0] = j.item(3);
         r.items[1] = j.item(2);
       },
       3},
      {"at another place", 2,
       [](Range& r, const TestJournal& j) {
         ++r.first;
         sign_again(r, j);
       },
       6},
      {"of another journal", 2,
       [](Range& r, const TestJournal& j) {
         r.journal.value()[0] ^= 1;
         sign_again(r, j);
       },
       5},
      {"last entry rewritten: another seq", 2,
       [](Range& r, const TestJournal& j) {
         rewrite(r, 3, [](Entry& e) { ++e.seq; });
         sign_again(r, j);
       },
       5},
      {"last entry rewritten: another prev", 2,
       [](Range& r, const TestJournal& j) {
         rewrite(r, 3, [](Entry& e) { e.prev.value()[0] ^= 1; });
         sign_again(r, j);
       },
       4},
      {"bytes that are no entry, with their own id", 2,
       [](Range& r, const TestJournal& j) {
         r.items[3].entry[157] = 1;
         r.items[3].id = id_of(r.items[3].entry);
         sign_again(r, j);
       },
       5},
      {"a stub at the end", 2, [](Range& r, const TestJournal&) { r.items[3].entry.clear(); }, 5},
      {"a stub in the middle", 2, [](Range& r, const TestJournal&) { r.items[1].entry.clear(); }, 3},
      {"a stub at the start", 2, [](Range& r, const TestJournal&) { r.items[0].entry.clear(); }, 2},
      {"private part of another entry", 2,
       [](Range& r, const TestJournal&) { r.items[1].private_part = r.items[2].private_part; }, 3},
      {"private part changed", 2, [](Range& r, const TestJournal&) { r.items[0].private_part->back() ^= 1; }, 2},
      {"private part cut", 2, [](Range& r, const TestJournal&) { r.items[0].private_part->pop_back(); }, 2},
      {"private part empty", 2, [](Range& r, const TestJournal&) { r.items[0].private_part->clear(); }, 2},
      {"opening entry under another journal", 0,
       [](Range& r, const TestJournal& j) {
         r.items.resize(1);
         r.journal.value()[0] ^= 1;
         sign_again(r, j);
       },
       0},
      {"opening entry that names a journal", 0,
       [](Range& r, const TestJournal& j) {
         r.items.resize(1);
         rewrite(r, 0, [&](Entry& e) { e.journal = r.journal; });
         r.journal = JournalId(r.items[0].id.value());
         sign_again(r, j);
       },
       0},
      {"opening entry with a predecessor in its chain", 0,
       [](Range& r, const TestJournal& j) {
         r.items.resize(1);
         rewrite(r, 0, [](Entry& e) { e.prev.value()[0] = 1; });
         r.journal = JournalId(r.items[0].id.value());
         sign_again(r, j);
       },
       0},
      {"a later entry passed off as the opening", 0,
       [](Range& r, const TestJournal& j) {
         r.items.erase(r.items.begin());
         sign_again(r, j);
       },
       4},
  };
}

// Each kind of break is refused and names its place, so that people know what to ask for again.
TEST(VerifyRange, NamesThePlaceOfEachBreak) {
  const auto journal = village();
  for (const auto& row : breaks()) {
    auto range = journal.range(row.first, 5);
    row.change(range, journal);
    const auto verified = verify_range(range, journal.key());
    ASSERT_FALSE(verified.has_value()) << row.what;
    EXPECT_EQ(verified.error().field, "seq " + std::to_string(row.named)) << row.what << ": " << verified.error().what.en;
    const bool is_no_entry = std::string(row.what).starts_with("bytes that are no entry");
    EXPECT_EQ(verified.error().code, is_no_entry ? FailureCode::unreadable : FailureCode::conflict) << row.what;
  }
}

// Erased private parts do not break the chain (checklist 2); nor does one that came without them.
TEST(VerifyRange, DoesWithoutPrivateParts) {
  const auto journal = village();
  auto range = journal.all();
  range.items[2].private_part.reset();
  EXPECT_TRUE(verify_range(range, journal.key()).has_value());
  for (auto& item : range.items) item.private_part.reset();
  EXPECT_TRUE(verify_range(range, journal.key()).has_value());
}

// A stub vouches for nothing but an id: alone, under a head that names it, and without a private part that nothing could
// check (a receiver that has the entry and lacks the part would take it for the right one).
TEST(VerifyRange, StubsStandAlone) {
  const auto journal = village();
  auto wrong_id = journal.stub(3);
  wrong_id.items[0].id = journal.item(2).id;
  EXPECT_EQ(verify_range(wrong_id, journal.key()).error().field, "seq 3");
  auto with_part = journal.stub(3);
  with_part.items[0].private_part = journal.item(3).private_part;
  EXPECT_EQ(verify_range(with_part, journal.key()).error().field, "seq 3");
  auto two = journal.range(3, 4);
  for (auto& item : two.items) item = {item.id, {}, std::nullopt};
  EXPECT_EQ(verify_range(two, journal.key()).error().field, "seq 4");
}

// The largest private part is accepted, one byte more is not.
TEST(VerifyRange, PrivatePartsAreBounded) {
  TestJournal journal(1);
  journal.add(10, private_part_bytes_max);
  EXPECT_TRUE(verify_range(journal.all(), journal.key()).has_value());
  journal.add(10, private_part_bytes_max + 1);
  EXPECT_EQ(verify_range(journal.all(), journal.key()).error().field, "seq 2");
}

// A place so high that counting on from it starts again at 0 is refused like any other wrong place.
TEST(VerifyRange, HighPlacesDoNotWrap) {
  const auto journal = village();
  auto range = journal.range(2, 4);
  range.first = UINT64_MAX - 1;
  sign_again(range, journal);
  EXPECT_FALSE(verify_range(range, journal.key()).has_value());
}

TEST(VerifyRange, PrevOf) {
  const auto journal = village();
  EXPECT_EQ(prev_of(journal.range(2, 4)), journal.item(1).id);
  EXPECT_EQ(prev_of(journal.range(1, 1)), journal.item(0).id);
  EXPECT_EQ(prev_of(journal.range(0, 4)), std::nullopt);
  EXPECT_EQ(prev_of(journal.stub(3)), std::nullopt);
}

// Cut at every head that is held; what has no head behind it stays back.
TEST(CutRange, CutsWhereHeadsAre) {
  const auto journal = village();
  const auto head_at = [&](Seq seq) {
    return seq == 1 || seq == 2 || seq == 4 ? std::optional(journal.head(seq)) : std::nullopt;
  };
  const auto ranges = cut(journal.id(), 0, journal.items(), head_at);
  EXPECT_EQ(ranges, (std::vector{journal.range(0, 1), journal.range(2, 2), journal.range(3, 4)}));
  for (const auto& range : ranges) EXPECT_TRUE(verify_range(range, journal.key()).has_value());

  const auto from_three = std::vector(journal.items().begin() + 3, journal.items().end());
  EXPECT_EQ(cut(journal.id(), 3, from_three, head_at), std::vector{journal.range(3, 4)});
  EXPECT_TRUE(cut(journal.id(), 5, {journal.item(5)}, head_at).empty());
  EXPECT_TRUE(cut(journal.id(), 0, {}, head_at).empty());
}

// A head is signed for what it names and under its own name: the same bytes signed as anything else are no head.
TEST(SignedHeads, AreSignedUnderTheirName) {
  const auto journal = village();
  auto head = journal.head(3);
  EXPECT_TRUE(verify_head(head, journal.key()));
  EXPECT_FALSE(verify_head(head, TestJournal(2).key()));
  for (auto* change : {+[](Head& h) { ++h.seq; }, +[](Head& h) { h.id.value()[31] ^= 1; },
                       +[](Head& h) { h.journal.value()[31] ^= 1; }}) {
    auto changed = head;
    change(changed.head);
    EXPECT_FALSE(verify_head(changed, journal.key()));
  }
  head.signature = crypto::sign(journal.secret(), "certificate", codec::encode(head.head));
  EXPECT_FALSE(verify_head(head, journal.key()));
}

}  // namespace
}  // namespace cunzheng::journal
