// Frames: what stands in them, what does not decode, and what the signatures of the greeting cover.

#include "sync/core/messages.hpp"

#include "sync/core/wire_range.hpp"
#include "tests/support/journals.hpp"
#include "tests/support/source_tree.hpp"
#include "tests/support/vectors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <set>

namespace cunzheng::sync {
namespace {

using test::SeededRandom;
using test::TestJournal;

template <std::size_t N>
ByteArray<N> filled(std::uint8_t byte) {
  ByteArray<N> out;
  out.fill(byte);
  return out;
}

journal::Head head_of(std::uint64_t seed, journal::Seq seq) {
  SeededRandom random(seed);
  return {journal::JournalId{draw<32>(random)}, seq, journal::EntryId{draw<32>(random)}};
}

std::vector<journal::Head> scope_of(std::size_t journals, journal::Seq seq) {
  std::vector<journal::Head> heads;
  for (std::size_t k = 0; k < journals; ++k) heads.push_back(head_of(k + 1, seq));
  return heads;
}

// One of each kind, with every optional part in both ways.
std::vector<Message> samples() {
  message::Hello hello;
  hello.said.device = crypto::PublicKey{filled<32>(1)};
  hello.said.digest = filled<16>(2);
  hello.said.boot_counter = Varint{300};
  hello.said.heads = compact(scope_of(3, 1000));
  hello.signature = crypto::Signature{filled<64>(3)};
  message::Welcome level;
  level.said.hub_time = Instant{1'780'000'000'000};
  auto welcome = level;
  welcome.said.heads = compact(scope_of(2, 7));
  auto empty = level;
  empty.said.heads.emplace();
  TestJournal journal(1);
  journal.add_many(2);
  return {hello,
          level,
          welcome,
          empty,
          message::Ranges{{journal.range(0, 1), journal.range(2, 2)}},
          message::Stored{head_of(4, 9)},
          message::SendFrom{journal.id(), Varint{129}},
          message::Refused{journal.id(), Varint{5}, message::Why::not_admitted},
          message::Level{Varint{3}},
          message::Ping{},
          message::Pong{},
          message::Bye{CloseReason::store_failed}};
}

// A frame decodes to what was said, and only in full.
TEST(Messages, EveryFrameHasOneForm) {
  for (const auto& said : samples()) {
    const auto frame = to_frame(said);
    EXPECT_EQ(frame.front(), said.index() + 1);
    const auto back = parse_frame(frame);
    ASSERT_TRUE(back.has_value()) << back.error().what.en;
    EXPECT_EQ(*back, said);
    for (std::size_t size = 0; size < frame.size(); ++size) {
      ASSERT_FALSE(parse_frame(ByteView(frame).first(size)).has_value()) << said.index() << " cut at " << size;
    }
    auto longer = frame;
    longer.push_back(0);
    EXPECT_FALSE(parse_frame(longer).has_value());
    for (std::size_t bit = 0; bit < 8 * frame.size(); ++bit) {
      auto changed = frame;
      changed[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
      const auto other = parse_frame(changed);
      if (!other) continue;
      ASSERT_NE(*other, said) << said.index() << " bit " << bit;
      ASSERT_EQ(to_frame(*other), changed) << said.index() << " bit " << bit;
    }
  }
  for (const auto kind : ByteArray<3>{0, 11, 255}) EXPECT_FALSE(parse_frame(Bytes{kind}).has_value());
}

// The small frames byte for byte, as PROTOCOL.md section 4 shows them.
TEST(Messages, SmallFramesAreAsWritten) {
  EXPECT_EQ(to_hex(to_frame(message::Level{Varint{300}})), "07ac02");
  EXPECT_EQ(to_hex(to_frame(message::Ping{})), "08");
  EXPECT_EQ(to_hex(to_frame(message::Pong{})), "09");
  EXPECT_EQ(to_hex(to_frame(message::Bye{CloseReason::version})), "0a03");
  const journal::JournalId journal{filled<32>(0xAB)};
  std::string ab;
  for (int k = 0; k < 32; ++k) ab += "ab";
  EXPECT_EQ(to_hex(to_frame(message::SendFrom{journal, Varint{5}})), "05" + ab + "05");
  EXPECT_EQ(to_hex(to_frame(message::Refused{journal, Varint{5}, message::Why::not_admitted})), "06" + ab + "0501");
  EXPECT_EQ(to_hex(to_frame(message::Stored{{journal, 258, journal::EntryId{filled<32>(0xAB)}}})),
            "04" + ab + "0201000000000000" + ab);
}

// Whole frames as vectors: a change of these bytes is a new protocol version.
TEST(Messages, FramesAreKeptAsVectors) {
  const auto all = samples();
  std::vector<test::NamedBytes> frames;
  for (const auto& [name, place] : {std::pair{"hello", 0}, {"welcome-equal", 1}, {"welcome", 2}, {"stored", 5}}) {
    frames.push_back({name, to_frame(all[static_cast<std::size_t>(place)])});
  }
  TestJournal journal(1);
  journal.add(view_of("opens"), Bytes(16, 0x22));
  const domain::SubjectId subject{journal.item(1).id.value()};
  journal.add(view_of("goes on"), Bytes(16, 0x33), subject);
  journal.add(view_of("erased"), Bytes(16, 0x44), subject);
  auto range = journal.range(1, 3);
  range.items[2].private_part.reset();
  frames.push_back({"ranges", to_frame(message::Ranges{{range}})});
  frames.push_back({"ranges-stub", to_frame(message::Ranges{{journal.stub(2)}})});
  test::expect_vector("frames.hex", "Frames of protocol version 1 (sync/PROTOCOL.md section 4).", frames);
}

// The numbers that PROTOCOL.md gives are those of the code.
TEST(Messages, ProtocolSaysWhatTheCodeDoes) {
  const auto text = test::tree_text("sync/PROTOCOL.md");
  const auto says = [&](const std::string& words) { EXPECT_NE(text.find(words), std::string::npos) << words; };
  const char* const kinds[] = {"Hello",   "Welcome", "Ranges", "Stored", "SendFrom",
                               "Refused", "Level",   "Ping",   "Pong",   "Bye"};
  static_assert(std::size(kinds) == std::variant_size_v<Message>);
  for (std::size_t k = 0; k < std::size(kinds); ++k) says("\n| " + std::to_string(k + 1) + " | " + kinds[k] + " |");
  std::string reasons;
  for (std::size_t k = 0; k < codec::EnumNames<CloseReason>::names.size(); ++k) {
    std::string name = codec::EnumNames<CloseReason>::names[k];
    std::replace(name.begin(), name.end(), '_', ' ');
    reasons += (k == 0 ? "" : ", ") + std::to_string(k) + " " + name;
  }
  says("reason 1 B: " + reasons);
  const Limits limits;
  says("| Hello | " + std::to_string(limits.hello_bytes_max >> 10) + " KiB;");
  says("| any other frame | " + std::to_string(limits.frame_bytes_max >> 20) + " MiB |");
  says("| sent and not acknowledged | " + std::to_string(limits.window_bytes >> 20) + " MiB,");
  says("| items in a Ranges frame | 16,384 |");
  EXPECT_EQ(wire_items_max, 16'384U);
  says("| greeting | within " + std::to_string(limits.hello_ms / 1000) + " s |");
  says("| silence while something is owed | " + std::to_string(limits.silence_ms / 1000) + " s;");
  says("heard nothing for " + std::to_string(limits.keepalive_ms / 1000) + " s says Ping");
  says(std::to_string(limits.batch_bytes_first >> 10) + " KiB at first");
  says("and " + std::to_string(limits.batch_bytes_max >> 10) + " KiB. Two batches");
}

// A village with nothing new pays at most 300 bytes both ways together, even after two million entries a journal.
TEST(Messages, NothingNewCostsLittle) {
  for (const journal::Seq seq : {journal::Seq{1}, journal::Seq{5'000}, journal::Seq{2'000'000}}) {
    const auto scope = scope_of(5, seq);
    message::Hello hello;
    hello.said.digest = digest_of(scope);
    hello.said.boot_counter = Varint{20'000};
    hello.said.heads = compact(scope);
    const auto both = to_frame(hello).size() + to_frame(message::Welcome{}).size();
    RecordProperty("bytes_at_" + std::to_string(seq), static_cast<int>(both));
    EXPECT_LE(both, 300U) << seq;
  }
}

// The digest is of the set of ends: not of their order, nor of the names that branches have here or there.
TEST(Messages, DigestIsOfTheEntries) {
  auto scope = scope_of(4, 10);
  const auto digest = digest_of(scope);
  std::swap(scope[0], scope[3]);
  EXPECT_EQ(digest_of(scope), digest);
  scope[1].journal = head_of(99, 0).journal;
  EXPECT_EQ(digest_of(scope), digest);
  scope[1].id = head_of(98, 0).id;
  EXPECT_NE(digest_of(scope), digest);
  scope.pop_back();
  EXPECT_NE(digest_of(scope), digest);
}

// Defence D02: whatever is stripped, lowered or changed in a greeting, its signature covered something else.
TEST(Messages, GreetingsAreSignedInFull) {
  const auto binding = filled<32>(7);
  const auto all = samples();
  const auto& hello = std::get<message::Hello>(all[0]);
  const auto hello_frame = to_frame(hello);
  std::set<Bytes> statements{hello_statement(binding, hello.said)};
  const auto differs = [&](Bytes statement) { return statements.insert(std::move(statement)).second; };
  EXPECT_TRUE(differs(hello_statement(filled<32>(8), hello.said)));
  const auto changed_hello = [&](auto change) {
    auto said = hello.said;
    change(said);
    return differs(hello_statement(binding, said));
  };
  EXPECT_TRUE(changed_hello([](auto& said) { said.version = 0; }));
  EXPECT_TRUE(changed_hello([](auto& said) { said.version_most = 2; }));
  EXPECT_TRUE(changed_hello([](auto& said) { said.device.value()[0] ^= 1; }));
  EXPECT_TRUE(changed_hello([](auto& said) { said.digest[0] ^= 1; }));
  EXPECT_TRUE(changed_hello([](auto& said) { said.boot_counter.value++; }));
  EXPECT_TRUE(changed_hello([](auto& said) { said.heads.pop_back(); }));
  EXPECT_TRUE(changed_hello([](auto& said) { std::swap(said.heads[0], said.heads[1]); }));
  EXPECT_TRUE(changed_hello([](auto& said) { said.heads[0].seq.value++; }));

  const auto& welcome = std::get<message::Welcome>(all[2]);
  EXPECT_TRUE(differs(welcome_statement(binding, hello_frame, welcome.said)));
  EXPECT_TRUE(differs(welcome_statement(filled<32>(8), hello_frame, welcome.said)));
  EXPECT_TRUE(differs(welcome_statement(binding, to_frame(message::Hello{}), welcome.said)));
  const auto changed_welcome = [&](auto change) {
    auto said = welcome.said;
    change(said);
    return differs(welcome_statement(binding, hello_frame, said));
  };
  EXPECT_TRUE(changed_welcome([](auto& said) { said.version = 2; }));
  EXPECT_TRUE(changed_welcome([](auto& said) { said.hub_time.ms++; }));
  EXPECT_TRUE(changed_welcome([](auto& said) { said.heads.reset(); }));
  EXPECT_TRUE(changed_welcome([](auto& said) { said.heads->clear(); }));
}

// A greeting of another version is recognised before its layout is looked at.
TEST(Messages, VersionIsReadFirst) {
  EXPECT_FALSE(is_greeting_of_another_version(to_frame(message::Hello{})));
  EXPECT_FALSE(is_greeting_of_another_version(to_frame(message::Welcome{})));
  EXPECT_TRUE(is_greeting_of_another_version(Bytes{1, 2}));
  EXPECT_TRUE(is_greeting_of_another_version(Bytes{2, 0}));
  EXPECT_FALSE(is_greeting_of_another_version(Bytes{1}));
  EXPECT_FALSE(is_greeting_of_another_version(Bytes{3, 2}));
}

// A Ranges frame is of one journal, is not empty, and makes no more items than one frame may.
TEST(Messages, RangesAreBounded) {
  TestJournal journal(1);
  journal.add_many(3);
  const TestJournal other(2);
  EXPECT_TRUE(parse_frame(to_frame(message::Ranges{{journal.all()}})).has_value());
  EXPECT_FALSE(parse_frame(to_frame(message::Ranges{{journal.all(), other.all()}})).has_value());
  EXPECT_FALSE(parse_frame(to_frame(message::Ranges{})).has_value());

  const std::vector<journal::Range> stubs(wire_items_max, journal.stub(1));
  EXPECT_TRUE(parse_frame(to_frame(message::Ranges{stubs})).has_value());
  auto too_many = stubs;
  too_many.push_back(journal.stub(1));
  EXPECT_FALSE(parse_frame(to_frame(message::Ranges{too_many})).has_value());
}

}  // namespace
}  // namespace cunzheng::sync
