// Golden vectors: the bytes of today, from fixed seeds, compared with files. What is signed, hashed or kept by old
// programs must never change unnoticed.

#include "tests/support/vectors.hpp"

#include "shared/crypto/hash.hpp"
#include "shared/crypto/vault.hpp"
#include "shared/journal/writer.hpp"
#include "shared/registers/findings.hpp"
#include "sync/core/messages.hpp"
#include "tests/support/body_samples.hpp"
#include "tests/support/seeded_random.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>

namespace cunzheng::journal {
namespace {

using test::expect_vector;
using test::NamedBytes;
using test::sample_keys;

constexpr std::uint64_t seed = 2026;

template <class Array>
Bytes bytes_of_id(const Array& id) {
  return Bytes(id.value().begin(), id.value().end());
}
Bytes bytes_of_hash(const Hash& hash) { return Bytes(hash.begin(), hash.end()); }

// A device's journal of four entries: opened, an application, its certificate, and that certificate spoiled with a
// ruling of the hub as its parent. The last entry is the example of FORMAT.md.
Range example_range() {
  test::SeededRandom random(seed);
  JournalOpened opening;
  opening.journal_kind = JournalKind::device;
  opening.body = "v1";
  opening.key = sample_keys(test::device_seed).public_key;
  opening.series = "A";
  opening.nonce = draw<16>(random);
  WriterContext context{{Instant{1'778'463'000'000}, ClockConfidence::plausible, 0}, {}, {}};
  auto [writer, range] = Writer::open(opening, sample_keys(test::device_seed), context, random);

  context = {{Instant{1'778'463'300'000}, ClockConfidence::set_by_hub, 2}, {1, 12}, {1, 34}};
  const auto application = test::sample_of(BodyTag<ApplicationOpened>{});
  const auto certificate = test::sample_of(BodyTag<CertificateIssued>{});
  const auto spoiled = test::sample_of(BodyTag<CertificateSpoiled>{});
  std::vector<Draft> drafts;
  drafts.push_back(draft_of(application.body, application.personal, {}, random));
  drafts.push_back(draft_of(certificate.body, certificate.personal, {}, random));
  drafts.back().subject_of_draft = 0;
  drafts.push_back(draft_of(spoiled.body, spoiled.personal, {}, random));
  drafts.back().subject_of_draft = 0;
  drafts.back().parents.emplace_back(test::sample_hash(0xc1));
  writer.saw(40);
  auto rest = writer.write(std::move(drafts), context);
  for (auto& item : rest.items) range.items.push_back(std::move(item));
  range.head = rest.head;
  return range;
}

// A whole small journal, so that another implementation can check ids, chain, private digests and the signature.
TEST(Vectors, Range) {
  const auto range = example_range();
  const auto key = sample_keys(test::device_seed).public_key;
  ASSERT_TRUE(verify_range(range, key).has_value());
  std::vector<NamedBytes> values{{"device key", bytes_of_id(key)}, {"journal", bytes_of_id(range.journal)}};
  for (std::size_t k = 0; k < range.items.size(); ++k) {
    const auto place = std::to_string(k);
    values.push_back({"entry " + place, range.items[k].entry});
    values.push_back({"id " + place, bytes_of_id(range.items[k].id)});
    values.push_back({"private part " + place, range.items[k].private_part.value_or(Bytes())});
  }
  values.push_back({"signed head", codec::encode(range.head)});
  expect_vector("range.hex", "Four entries of one device's journal and the signed head of the last.", values);
}

// The example of FORMAT.md: an entry, and the private part that lies beside it.
TEST(Vectors, EntryAndPrivatePart) {
  const auto range = example_range();
  const auto& item = range.items.back();
  expect_vector("entry.hex", "An entry: a certificate spoiled. FORMAT.md explains it byte by byte.",
                {{"entry", item.entry}, {"id", bytes_of_id(item.id)}});
  expect_vector("private-part.hex", "The private part of the entry in entry.hex: 16 bytes of salt and the reason.",
                {{"private part", *item.private_part}, {"digest", bytes_of_hash(private_digest(*item.private_part))}});
}

// A signature from a seed that anybody can take.
TEST(Vectors, SignedHead) {
  const auto range = example_range();
  const auto keys = sample_keys(test::device_seed);
  const auto seed_bytes = keys.secret.seed();
  Bytes message = bytes_of(view_of("cunzheng/v1/head"));
  message.push_back(0);
  append(message, codec::encode(range.head.head));
  expect_vector("signed-head.hex", "The head of the entry in entry.hex, signed by the journal's key.",
                {{"secret seed", bytes_of(seed_bytes.bytes())},
                 {"public key", bytes_of_id(keys.public_key)},
                 {"head", codec::encode(range.head.head)},
                 {"signed message", message},
                 {"signature", bytes_of_id(range.head.signature)},
                 {"signed head", codec::encode(range.head)}});
}

// Digests that others must be able to compute again: for each the bytes below the tag, and the digest.
TEST(Vectors, Digests) {
  const auto range = example_range();
  const auto officer_key = sample_keys(test::handler_seed).public_key;
  const auto list = codec::encode(test::sample_exclusion_list());
  const std::vector<Head> heads{{range.journal, 3, range.items.back().id}};
  const auto rule = registers::FindingRule{};
  const domain::SubjectId subject(range.items[1].id.value());
  Bytes finding = codec::encode(subject);
  append(finding, codec::encode(rule));
  append(finding, codec::encode(range.items[2].id));
  const auto scope = sync::digest_of(heads);
  expect_vector("digests.hex", "What is hashed under a tag, and its digest.",
                {{"officer key", bytes_of_id(officer_key)},
                 {"officer id", bytes_of_id(test::sample_officer(test::handler_seed))},
                 {"exclusion list", list},
                 {"exclusion list digest", bytes_of_hash(crypto::tagged_hash("exclusion-list", list))},
                 {"checkpoint heads", codec::encode(heads)},
                 {"checkpoint root", bytes_of_hash(crypto::tagged_hash("checkpoint", codec::encode(heads)))},
                 {"finding", finding},
                 {"finding id", bytes_of_id(registers::finding_id(subject, rule, range.items[2].id))},
                 {"scope digest of the checkpoint heads", Bytes(scope.begin(), scope.end())}});
}

template <class Body>
std::string file_of_kind() {
  std::array<char, 8> number{};
  std::snprintf(number.data(), number.size(), "%02d", Body::kind);
  return std::string("body-") + number.data() + "-" + Body::name + ".hex";
}

// Each kind with every field filled in; the private part without its salt.
TEST(Vectors, BodyOfEachKind) {
  test::for_each_sample([](const auto& sample) {
    using Body = std::decay_t<decltype(sample.body)>;
    const auto version = std::to_string(Body::version);
    expect_vector(file_of_kind<Body>(), std::string(Body::name) + ", version " + version + ".",
                  {{"body", codec::encode(sample.body)}, {"private", codec::encode(sample.personal)}});
  });
}

// A keyslot at the cost of tests, and what its wrapped key vouches for besides itself.
TEST(Vectors, Keyslot) {
  test::SeededRandom random(seed);
  const auto secret = sample_keys(test::handler_seed).secret.seed();
  const std::string passphrase = "村证 correct horse";
  const auto slot = crypto::make_slot("经办人 测试乙", passphrase, secret, crypto::Argon2Cost::for_tests(), random);
  ASSERT_TRUE(slot.has_value());
  Bytes vouched(8);
  put_le(std::span<std::uint8_t>(vouched).first(4), slot->memory_kib);
  put_le(std::span<std::uint8_t>(vouched).subspan(4), slot->passes);
  append(vouched, slot->salt);
  append(vouched, view_of(slot->label));
  expect_vector("keyslot.hex", "A secret wrapped by a passphrase, at a cost that only tests use.",
                {{"passphrase", bytes_of(view_of(passphrase))},
                 {"secret", bytes_of(secret.bytes())},
                 {"vouched for", vouched},
                 {"associated data", bytes_of_hash(crypto::tagged_hash("keyslot", vouched))},
                 {"slot", codec::encode(*slot)}});
  const auto golden = test::read_vector("keyslot.hex");
  ASSERT_EQ(golden.size(), 5U);
  const auto kept = codec::decode<crypto::KeySlot>(golden[4].bytes);
  ASSERT_TRUE(kept.has_value());
  const auto opened = crypto::open_slot(*kept, passphrase);
  ASSERT_TRUE(opened.has_value());
  EXPECT_TRUE(equal(opened->bytes(), secret.bytes()));
}

}  // namespace
}  // namespace cunzheng::journal
