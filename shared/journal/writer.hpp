#pragma once
// The one writer of a journal: gives drafts their place in the chain and signs heads. Pure: the shell makes durable
// what comes out, in this order, before it composes anything that depends on it being there.

#include "shared/base/random.hpp"
#include "shared/journal/bodies.hpp"
#include "shared/journal/range.hpp"

namespace cunzheng::journal {

// A fact before it has a place.
struct Draft {
  BodyKind kind;
  std::uint16_t version = 1;
  Bytes body;
  Bytes private_part;  // with salt
  domain::SubjectId subject;                   // zero: opens a subject
  std::optional<std::size_t> subject_of_draft;  // instead of `subject`: the subject that an earlier draft of the call has
  std::vector<EntryId> parents;
};

// Bad input if its body or its private part is larger than an entry may hold: no peer would take it.
Status check_size(const Draft& draft);

template <class Body>
Draft draft_of(const Body& body, const typename Body::Private& personal, domain::SubjectId subject, Random& random) {
  auto private_part = Bytes(salt_bytes);
  random.fill(private_part);
  append(private_part, codec::encode(personal));
  return Draft{BodyKind(Body::kind), Body::version, codec::encode(body), std::move(private_part), subject, {}, {}};
}

// What the writer of a journal knows at the moment of writing.
struct WriterContext {
  TimeClaim claimed;
  Known known_district;
  Known known_body;
};

class Writer {
 public:
  // Opens a journal: the first range holds JournalOpened alone. `key` signs its heads.
  struct Opened;
  static Opened open(const JournalOpened& opening, crypto::KeyPair key, const WriterContext& context, Random& random);

  // Goes on with a journal whose end is known.
  Writer(Head head, std::uint64_t lamport, crypto::KeyPair key);

  // Places drafts one after another and signs the last. The writer moves on: if the range cannot be made durable the
  // journal must be read again from the store before anything else is written.
  Range write(std::vector<Draft> drafts, const WriterContext& context);

  // Entries of others were read: the next entry's lamport is above theirs.
  void saw(std::uint64_t lamport) { lamport_ = std::max(lamport_, lamport); }

  const Head& head() const { return head_; }
  std::uint64_t lamport() const { return lamport_; }
  const crypto::PublicKey& key() const { return key_.public_key; }
  SignedHead sign(const Head& head) const { return sign_head(head, key_.secret); }
  crypto::Signature sign(std::string_view what, ByteView bytes) const { return crypto::sign(key_.secret, what, bytes); }

 private:
  Head head_;
  std::uint64_t lamport_ = 0;
  crypto::KeyPair key_;
};

struct Writer::Opened {
  Writer writer;
  Range range;
};

// ---- reading back

// The struct of an entry's body. unreadable: another kind or version, or bytes that are not its canonical form.
template <class Body>
Result<Body> read_body(const Entry& entry) {
  if (entry.kind.value() != Body::kind || entry.version != Body::version) {
    return fail(FailureCode::unreadable, {"条目种类或版本不符", "another kind or version of body"});
  }
  return codec::decode<Body>(entry.body);
}

// not_found: the private part was erased or is missing.
template <class Body>
Result<typename Body::Private> read_private(const std::optional<Bytes>& private_part) {
  if (!private_part || private_part->size() < salt_bytes) {
    return fail(FailureCode::not_found, {"私密部分已删除或缺失", "the private part was erased or is missing"});
  }
  return codec::decode<typename Body::Private>(ByteView(*private_part).subspan(salt_bytes));
}

}  // namespace cunzheng::journal
