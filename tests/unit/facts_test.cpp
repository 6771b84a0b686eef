#include "shared/registers/facts.hpp"

#include "shared/crypto/hash.hpp"
#include "tests/support/register_books.hpp"

namespace cunzheng::registers {
namespace {

using domain::testing::day;
using journal::DataKind;
using journal::JournalKind;
using test::at_three;
using test::RegisterWorld;

// A book that has heard all of these ranges.
void learn(FactBook& book, const std::vector<journal::Range>& ranges) {
  for (const auto& range : ranges) {
    for (const auto& item : range.items) {
      book.learn({range.journal, item});
      if (const auto entry = journal::parse_entry(item.entry)) {
        if (const auto word = book.word_of(*entry, item.id)) book.hear(*word);
      }
    }
  }
}
FactBook book_of(const RegisterWorld& world) {
  FactBook book(world.root.keys.public_key);
  learn(book, world.everything());
  return book;
}
std::vector<std::uint32_t> revisions(const FactBook& book, DataKind kind) {
  std::vector<std::uint32_t> out;
  for (const auto* each : book.published(kind)) out.push_back(each->revision);
  return out;
}
void publish(RegisterWorld& world, domain::Catalogue catalogue, std::uint32_t revision, const char* from,
             std::size_t signatures = 2, const char* at = "2026-05-01") {
  catalogue.revision = revision;
  catalogue.effective_from = day(from);
  world.publish(DataKind::catalogue, revision, day(from), codec::encode(catalogue), at_three(day(at)), signatures);
}

// ---------------------------------------------------------------- who is believed

// Data of the district need as many different officers as the root's statement asks for (D18).
TEST(Facts, DataNeedTwoOfficers) {
  RegisterWorld world;
  publish(world, domain::testing::shipped(), 7, "2026-04-01", 1);
  auto book = book_of(world);
  EXPECT_TRUE(revisions(book, DataKind::catalogue).empty());
  ASSERT_EQ(book.rejected().size(), 1U);

  // One officer twice is one officer.
  auto twice =
      *journal::read_body<journal::DataPublished>(*journal::parse_entry(world.district().ranges.back().items[0].entry));
  twice.signatures.push_back(twice.signatures.front());
  world.write(world.district(), twice, {}, at_three(day("2026-05-02")));
  EXPECT_TRUE(revisions(book_of(world), DataKind::catalogue).empty());

  publish(world, domain::testing::shipped(), 7, "2026-04-01", 2);
  EXPECT_EQ(revisions(book_of(world), DataKind::catalogue), std::vector{7U});
}

// A byte changed after signing, another revision inside than outside, other days, contents that are not fit: none
// counts.
TEST(Facts, DataMustBeWhatWasSigned) {
  RegisterWorld world;
  const auto at = at_three(day("2026-05-01"));
  const auto& good = domain::testing::shipped();
  world.publish(DataKind::catalogue, 8, good.effective_from, codec::encode(good), at);
  world.publish(DataKind::catalogue, 7, good.effective_from + 1, codec::encode(good), at);
  world.publish(DataKind::calendar, 7, good.effective_from, codec::encode(good), at);
  auto unfit = good;
  unfit.issuable.front().legal_basis.clear();  // R9
  world.publish(DataKind::catalogue, 7, unfit.effective_from, codec::encode(unfit), at);
  world.publish(DataKind::catalogue, 7, good.effective_from, codec::encode(good), at);
  auto forged =
      *journal::read_body<journal::DataPublished>(*journal::parse_entry(world.district().ranges.back().items[0].entry));
  forged.revision = 9;
  world.write(world.district(), forged, {}, at);
  const auto book = book_of(world);
  EXPECT_EQ(revisions(book, DataKind::catalogue), std::vector{7U});
  EXPECT_EQ(book.rejected().size(), 5U);
}

// R102: one number, one revision. Another entry with it, be it the same once more in a new epoch, does not count.
TEST(Facts, FirstOfARevisionCounts) {
  RegisterWorld world;
  publish(world, domain::testing::shipped(), 7, "2026-04-01");
  publish(world, domain::testing::shipped(), 7, "2026-04-02");
  publish(world, domain::testing::trial(), 8, "2026-07-01");
  const auto book = book_of(world);
  EXPECT_EQ(revisions(book, DataKind::catalogue), (std::vector{7U, 8U}));
  EXPECT_EQ(book.revision(DataKind::catalogue, 7)->effective_from, day("2026-04-01"));
  EXPECT_EQ(book.in_force(DataKind::catalogue, day("2026-06-30"))->revision, 7U);
  EXPECT_EQ(book.in_force(DataKind::catalogue, day("2026-07-01"))->revision, 8U);
  EXPECT_EQ(book.in_force(DataKind::catalogue, day("2026-07-01"), 7)->revision, 7U);
  EXPECT_EQ(book.in_force(DataKind::catalogue, day("2026-03-31")), nullptr);
}

// What an officer signed in office stays signed; what one signs after leaving does not count.
TEST(Facts, OfficersChange) {
  RegisterWorld world;
  publish(world, domain::testing::shipped(), 7, "2026-04-01");
  auto statement = world.statement();
  statement.from = at_three(day("2026-06-01"));
  statement.officers.pop_back();
  statement.signatures_needed = 1;
  world.certify(statement, statement.from);
  const auto former = [&] {
    journal::DataPublished body{DataKind::catalogue,
                                8,
                                day("2026-07-01"),
                                at_three(day("2026-06-02")),
                                codec::encode(domain::testing::trial()),
                                {}};
    body.signatures = {{world.li.id, crypto::sign(world.li.keys.secret, "published", body.signed_bytes())}};
    return body;
  };
  world.write(world.district(), former(), {}, at_three(day("2026-06-02")));
  EXPECT_EQ(revisions(book_of(world), DataKind::catalogue), std::vector{7U});
  publish(world, domain::testing::trial(), 8, "2026-07-01", 1, "2026-06-03");
  EXPECT_EQ(revisions(book_of(world), DataKind::catalogue), (std::vector{7U, 8U}));
}

// Only the root certifies hub keys and officers; a journal that opened with another key says nothing, wherever it says
// it.
TEST(Facts, OnlyTheRootCertifies) {
  RegisterWorld world;
  RegisterWorld stranger(2);
  publish(stranger, domain::testing::shipped(), 7, "2026-04-01");
  stranger.add_body("v1", day("2026-04-01"));
  FactBook book(world.root.keys.public_key);
  learn(book, stranger.everything());
  EXPECT_FALSE(book.hub());
  EXPECT_TRUE(revisions(book, DataKind::catalogue).empty());
  EXPECT_TRUE(book.posts("v1").all().empty());
  EXPECT_TRUE(book.bodies().empty());
  EXPECT_EQ(book.newest_word(), Instant{});
}

// A statement that names an officer by an id which is not that of the key, or asks for nobody's signature, is none.
TEST(Facts, StatementMustBeUsable) {
  RegisterWorld world;
  auto statement = world.statement();
  statement.signatures_needed = 0;
  world.certify(statement, at_three(day("2026-05-01")));
  EXPECT_EQ(book_of(world).hub()->number, 1U);
  statement.signatures_needed = 2;
  statement.officers.front().officer = domain::OfficerId{};
  world.certify(statement, at_three(day("2026-05-02")));
  EXPECT_EQ(book_of(world).hub()->number, 1U);
  world.certify(statement, at_three(day("2026-05-03")));
}

// D14: a laptop that appoints, enrols or publishes says nothing.
TEST(Facts, LaptopsDecideNothing) {
  RegisterWorld world;
  test::publish_shipped(world);
  auto& laptop = world.add_laptop("v1", "A", day("2026-04-01"));
  const auto known = book_of(world);
  const auto friend_of_clerk = world.make_actor();
  const auto at = at_three(day("2026-05-01"));
  world.write(laptop,
              journal::OfficerAppointed{{friend_of_clerk.id, domain::Post::head, day("2026-04-01"), {}},
                                        friend_of_clerk.keys.public_key},
              {"演示丑"}, at);
  world.write(laptop, journal::DeviceEnrolled{friend_of_clerk.keys.public_key, "Z", "Z", at}, {}, at);
  world.write(laptop, journal::DeviceRevoked{laptop.writer.key(), {}, journal::RevocationReason::lost, at}, {}, at);
  const auto book = book_of(world);
  EXPECT_EQ(book.posts("v1").all(), known.posts("v1").all());
  EXPECT_EQ(book.device(friend_of_clerk.keys.public_key), nullptr);
  EXPECT_FALSE(book.device(laptop.writer.key())->revoked);
  EXPECT_EQ(book.rejected().size(), 3U);
}

// Facts that come before what makes them count are looked at again: every order ends in the same book.
TEST(Facts, OrderDoesNotMatter) {
  RegisterWorld world;
  test::publish_shipped(world);
  world.add_laptop("v1", "A", day("2026-04-01"));
  world.rule("v1", {}, journal::RulingOutcome::stands, at_three(day("2026-05-01")));
  const auto straight = book_of(world);
  auto ranges = world.everything();
  std::reverse(ranges.begin(), ranges.end());
  FactBook reversed(world.root.keys.public_key);
  learn(reversed, ranges);
  learn(reversed, ranges);
  EXPECT_EQ(revisions(reversed, DataKind::catalogue), std::vector{7U});
  EXPECT_EQ(reversed.posts("v1").all(), straight.posts("v1").all());
  EXPECT_EQ(reversed.devices_of("v1").size(), 1U);
  EXPECT_NE(reversed.ruling_on({}), nullptr);
  EXPECT_TRUE(reversed.rejected().empty());
  EXPECT_TRUE(straight.rejected().empty());
}

// A ruling counts with the signature of an officer of the district or of that committee, and with no other.
TEST(Facts, RulingsNeedTheirSignature) {
  RegisterWorld world;
  test::publish_shipped(world);
  const auto rule_by = [&](const test::Actor& officer, bool good, std::uint8_t finding) {
    journal::RulingMade body;
    body.finding.value()[0] = finding;
    body.officer = officer.id;
    body.signature = crypto::sign(officer.keys.secret, "ruling", body.signed_bytes());
    if (!good) body.outcome = journal::RulingOutcome::revoked;
    world.write(world.body("v1"), body, {"理由"}, at_three(day("2026-05-01")));
    return body.finding;
  };
  const auto by_district = rule_by(world.li, true, 1);
  const auto by_head = rule_by(world.staff("v1").head, true, 2);
  const auto changed = rule_by(world.li, false, 3);
  const auto by_stranger = rule_by(world.make_actor(), true, 4);
  const auto book = book_of(world);
  ASSERT_NE(book.ruling_on(by_district), nullptr);
  EXPECT_EQ(book.ruling_on(by_district)->reason, "理由");
  EXPECT_NE(book.ruling_on(by_head), nullptr);
  EXPECT_EQ(book.ruling_on(changed), nullptr);
  EXPECT_EQ(book.ruling_on(by_stranger), nullptr);
}

// ---------------------------------------------------------------- committees, people, devices

// R4, S16: posts and names are dated; the book answers for any day.
TEST(Facts, PostsAndNamesAreDated) {
  RegisterWorld world;
  test::publish_shipped(world);
  const auto at = at_three(day("2026-03-19"));
  const auto successor = world.make_actor();
  world.appoint("v1", successor, domain::Post::head, day("2026-03-19"), at);
  journal::BodyDescribed renamed{
      "v1", "天津市示范区示范街道示范甲社区居民委员会", "示范甲社区", "120199001001", "", "", day("2026-03-19")};
  world.write(world.body("v1"), renamed, {}, at);
  const auto book = book_of(world);
  EXPECT_EQ(book.posts("v1").head_on(day("2026-03-18")), world.staff("v1").head.id);
  EXPECT_EQ(book.posts("v1").head_on(day("2026-03-19")), successor.id);
  EXPECT_EQ(book.body_on("v1", day("2026-03-18"))->short_name, "v1村");
  EXPECT_EQ(book.body_on("v1", day("2026-03-19"))->short_name, "示范甲社区");
  EXPECT_FALSE(book.body_on("v1", day("2019-12-31")));
  EXPECT_EQ(book.bodies(), std::vector<std::string>{"v1"});
  EXPECT_EQ(book.officer(successor.id)->name, "演示子");
}

// O3, O9: a device belongs to the committee that enrolled it first; the latest word on its revocation counts.
TEST(Facts, Devices) {
  RegisterWorld world;
  test::publish_shipped(world);
  auto& laptop = world.add_laptop("v1", "A", day("2026-04-01"));
  world.add_body("v2", day("2026-04-02"));
  const auto at = at_three(day("2026-04-03"));
  world.write(world.body("v2"), journal::DeviceEnrolled{laptop.writer.key(), "A", "A", at}, {}, at);
  world.revoke("v2", laptop, std::nullopt, at);  // not theirs
  auto book = book_of(world);
  EXPECT_EQ(book.device(laptop.writer.key())->body, "v1");
  EXPECT_FALSE(book.device(laptop.writer.key())->revoked);
  world.revoke("v1", laptop, 3, at);
  world.revoke("v1", laptop, 5, at);
  book = book_of(world);
  EXPECT_EQ(book.device(laptop.writer.key())->revoked->last_trusted->seq, 5U);
  EXPECT_EQ(book.revocations(laptop.writer.key()).size(), 2U);
  EXPECT_EQ(book.journals_of_kind(JournalKind::device, "v1"), std::vector{laptop.id()});
  EXPECT_EQ(book.opening_of(laptop.id())->series, "A");
}

// An erased name is gone from the book, and the copies are told to drop it.
TEST(Facts, ErasedNamesAreDropped) {
  RegisterWorld world;
  test::publish_shipped(world);
  const auto officer = world.make_actor();
  const auto appointed =
      world.appoint("v1", officer, domain::Post::verifier, day("2026-04-01"), at_three(day("2026-04-01")));
  auto book = book_of(world);
  EXPECT_EQ(book.officer(officer.id)->name, "演示子");
  world.write(world.body("v1"),
              journal::PrivatePartErased{appointed, {}, 0, journal::ErasureReason::ordered_by_authority, "示范区"},
              {"依申请"}, at_three(day("2026-05-01")), domain::SubjectId(appointed.value()));
  const auto& order = world.body("v1").ranges.back();
  EXPECT_EQ(book.learn({order.journal, order.items[0]}).strip, std::vector{appointed});
  EXPECT_EQ(book.officer(officer.id)->name, "");
  EXPECT_TRUE(book.posts("v1").holds(officer.id, domain::Post::verifier, day("2026-05-01")));
}

// ---------------------------------------------------------------- exclusions

// R91: a newer list takes the place of the older, whose content is given up; the signed digest must be that of the
// list.
TEST(Exclusions, NewestListAlone) {
  RegisterWorld world;
  const auto first = world.publish_exclusions(1, {"120199196103159017"}, at_three(day("2026-05-01")));
  auto book = book_of(world);
  ASSERT_TRUE(book.exclusions() && book.exclusions()->list);
  EXPECT_EQ(domain::ask(book.exclusions()->list, "120199196103159017"), domain::ExclusionAnswer::possible_match);

  world.publish_exclusions(2, {}, at_three(day("2026-06-01")));
  const auto& range = world.district().ranges.back();
  EXPECT_EQ(book.learn({range.journal, range.items[0]}).strip, std::vector{first});
  EXPECT_EQ(book.exclusions()->revision, 2U);
  EXPECT_EQ(domain::ask(book.exclusions()->list, "120199196103159017"), domain::ExclusionAnswer::no_hit);

  // The newer one is known before its list has come: nobody is asked by the old one meanwhile.
  auto bare = range.items[0];
  bare.private_part.reset();
  FactBook early(world.root.keys.public_key);
  for (const auto& each : world.everything()) {
    for (const auto& item : each.items) early.learn({each.journal, item.id == bare.id ? bare : item});
  }
  EXPECT_EQ(early.exclusions()->revision, 2U);
  EXPECT_FALSE(early.exclusions()->list);
  early.learn({range.journal, range.items[0]});
  EXPECT_TRUE(early.exclusions()->list);
}

TEST(Exclusions, ListMustBeTheOneThatWasSigned) {
  RegisterWorld world;
  world.publish_exclusions(1, {"120199196103159017"}, at_three(day("2026-05-01")));
  auto body = *journal::read_body<journal::ExclusionListPublished>(
      *journal::parse_entry(world.district().ranges.back().items[0].entry));
  const journal::ExclusionPrivate other{domain::make_exclusion_list(1, day("2026-05-01"), draw<16>(world.random), {})};
  RegisterWorld again(1);
  again.write(again.district(), body, other, at_three(day("2026-05-02")));
  const auto book = book_of(again);
  EXPECT_FALSE(book.exclusions());
  EXPECT_EQ(book.rejected().size(), 1U);
}

// ---------------------------------------------------------------- when

// O6: the hub's times at the places that a writer had seen, and of its receipts.
TEST(Times, OfTheHubsWords) {
  RegisterWorld world;
  test::publish_shipped(world);
  auto& laptop = world.add_laptop("v1", "A", day("2026-04-01"));
  test::Paper paper;
  paper.day = day("2026-05-11");
  world.issue(laptop, paper);
  world.receive(laptop, at_three(day("2026-05-12")));
  const auto first = laptop.last();
  world.issue(laptop, paper);
  world.receive(laptop, at_three(day("2026-05-20")));
  world.issue(laptop, paper);
  const auto book = book_of(world);
  EXPECT_EQ(book.received(laptop.id()), laptop.last() - 2);
  EXPECT_EQ(book.received_at(laptop.id(), 1), at_three(day("2026-05-12")));
  EXPECT_EQ(book.received_at(laptop.id(), first + 1), at_three(day("2026-05-20")));
  EXPECT_FALSE(book.received_at(laptop.id(), laptop.last()));
  EXPECT_EQ(book.newest_word(), at_three(day("2026-05-20")));

  const auto& body = world.body("v1");
  EXPECT_EQ(book.seen_until("v1", {}, {1, body.last() - 1}), at_three(day("2026-05-12")));
  EXPECT_EQ(book.seen_until("v1", {}, {1, body.last()}), at_three(day("2026-05-20")));
  EXPECT_EQ(book.seen_until("v1", {1, world.district().last()}, {1, body.last() - 1}), at_three(day("2026-05-12")));
  EXPECT_EQ(book.seen_until("v1", {}, {1, body.last() + 1000}), at_three(day("2026-05-20")))
      << "what is not there is not awaited";
  EXPECT_FALSE(book.seen_until("v1", {}, {2, 0}));
  EXPECT_TRUE(book.has_heard(JournalKind::body, "v1", {1, body.last()}));
  EXPECT_FALSE(book.has_heard(JournalKind::body, "v1", {1, body.last() + 1}));
}

TEST(Times, LawKeysRunFromTheirMonthToTheEnd) {
  EXPECT_EQ(law_key(day("2026-07-20")), "law/2026-07");
  const auto keys = law_keys_from(day("2199-11-30"));
  EXPECT_EQ(keys, (std::vector<FactKey>{"law/2199-11", "law/2199-12"}));
  EXPECT_EQ(law_keys_from(day("2026-07-01")).front(), "law/2026-07");
  EXPECT_EQ(law_keys_from(day("2026-07-01")).size(), 6U + 173 * 12);
}

}  // namespace
}  // namespace cunzheng::registers
