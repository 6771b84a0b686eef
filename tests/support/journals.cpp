#include "tests/support/journals.hpp"

#include "shared/base/verify.hpp"

#include <algorithm>

namespace cunzheng::test {
namespace {

crypto::KeyPair keys_from(SeededRandom random) { return crypto::make_key_pair(random); }

}  // namespace

TestJournal::TestJournal(std::uint64_t seed)
    : keys_(keys_from(SeededRandom(seed))), random_(seed ^ 0x6a6f75726e616cU) {
  const auto nonce = draw<32>(random_);  // journals of one key would otherwise open with equal bytes
  push(opening_kind, nonce, private_part(random_, {}), {});
}

TestJournal TestJournal::clone(std::uint64_t seed) const {
  TestJournal copy(crypto::key_pair_from_seed(keys_.secret.seed()), SeededRandom(seed ^ 0x636c6f6e65U));
  copy.id_ = id_;
  copy.items_ = items_;
  return copy;
}

journal::EntryId TestJournal::push(journal::BodyKind kind, ByteView body, ByteView private_bytes,
                                   domain::SubjectId subject) {
  const bool opens = items_.empty();
  journal::Entry entry;
  entry.journal = id_;
  entry.seq = items_.size();
  if (!opens) entry.prev = items_.back().id;
  entry.subject = subject;
  entry.lamport = items_.size() + 1;
  entry.claimed.at = Instant{1'780'000'000'000 + static_cast<std::int64_t>(items_.size()) * 60'000};
  entry.kind = kind;
  entry.body = bytes_of(body);
  entry.private_digest = journal::private_digest(private_bytes);
  items_.push_back(journal::make_item(entry, bytes_of(private_bytes)));
  if (opens) id_ = journal::JournalId{items_.back().id.value()};
  return items_.back().id;
}

journal::EntryId TestJournal::add(ByteView body, ByteView private_bytes, domain::SubjectId subject) {
  return push(fact_kind, body, private_bytes, subject);
}

journal::EntryId TestJournal::add(std::size_t body_bytes, std::size_t private_bytes, domain::SubjectId subject) {
  VERIFY(private_bytes >= journal::salt_bytes);
  Bytes body(body_bytes);
  Bytes secret(private_bytes);
  random_.fill(body);
  random_.fill(secret);
  return push(fact_kind, body, secret, subject);
}

void TestJournal::add_many(std::size_t count) {
  for (std::size_t k = 0; k < count; ++k) add();
}

journal::SignedHead TestJournal::head(journal::Seq seq) const {
  return journal::sign_head({id_, seq, items_.at(seq).id}, keys_.secret);
}

journal::Range TestJournal::range(journal::Seq first, journal::Seq last) const {
  const auto begin = items_.begin() + static_cast<std::ptrdiff_t>(first);
  const auto end = items_.begin() + static_cast<std::ptrdiff_t>(last + 1);
  return {id_, first, {begin, end}, head(last)};
}

std::vector<journal::Range> TestJournal::ranges(journal::Seq first, journal::Seq last, std::size_t every) const {
  std::vector<journal::Range> out;
  for (auto at = first; at <= last; at += every) out.push_back(range(at, std::min<journal::Seq>(last, at + every - 1)));
  return out;
}

journal::Range TestJournal::stub(journal::Seq seq) const {
  return {id_, seq, {journal::Item{items_.at(seq).id, {}, std::nullopt}}, head(seq)};
}

Bytes private_part(SeededRandom& random, std::string_view text) {
  Bytes out(journal::salt_bytes + text.size());
  random.fill(std::span(out).first(journal::salt_bytes));
  std::copy(text.begin(), text.end(), out.begin() + journal::salt_bytes);
  return out;
}

}  // namespace cunzheng::test
