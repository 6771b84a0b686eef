#include "shared/journal/writer.hpp"

#include "shared/base/verify.hpp"

namespace cunzheng::journal {
namespace {

Entry entry_from(Draft&& draft, const WriterContext& context, std::uint64_t lamport) {
  Entry entry;
  entry.lamport = lamport;
  entry.claimed = context.claimed;
  entry.known_district = context.known_district;
  entry.known_body = context.known_body;
  entry.subject = draft.subject;
  entry.parents = std::move(draft.parents);
  entry.kind = draft.kind;
  entry.version = draft.version;
  entry.body = std::move(draft.body);
  entry.private_digest = private_digest(draft.private_part);
  return entry;
}

}  // namespace

Writer::Writer(Head head, std::uint64_t lamport, crypto::KeyPair key)
    : head_(head), lamport_(lamport), key_(std::move(key)) {}

Writer::Opened Writer::open(const JournalOpened& opening, crypto::KeyPair key, const WriterContext& context,
                            Random& random) {
  VERIFY(opening.key == key.public_key);
  auto draft = draft_of(opening, {}, {}, random);
  auto private_part = draft.private_part;
  auto item = make_item(entry_from(std::move(draft), context, 1), std::move(private_part));
  const Head head{JournalId{item.id.value()}, 0, item.id};
  Range range{head.journal, 0, {}, sign_head(head, key.secret)};
  range.items.push_back(std::move(item));
  return {Writer(head, 1, std::move(key)), std::move(range)};
}

Status check_size(const Draft& draft) {
  if (draft.body.size() <= body_bytes_max && draft.private_part.size() <= private_part_bytes_max) return {};
  const auto most =
      std::to_string((draft.body.size() > body_bytes_max ? body_bytes_max : private_part_bytes_max) >> 10);
  return fail(FailureCode::bad_input, {"内容太长，一个条目最多" + most + " KiB，请精简文字",
                                       "too long: an entry holds at most " + most + " KiB"});
}

Range Writer::write(std::vector<Draft> drafts, const WriterContext& context) {
  VERIFY(!drafts.empty());
  Range range{head_.journal, head_.seq + 1, {}, {}};
  std::vector<domain::SubjectId> subjects;
  for (auto& draft : drafts) {
    if (draft.subject_of_draft) {
      VERIFY(*draft.subject_of_draft < subjects.size());
      draft.subject = subjects[*draft.subject_of_draft];
    }
    if (lamport_ < UINT64_MAX) ++lamport_;  // a hostile writer may have claimed the greatest: nothing is above that
    auto private_part = draft.private_part;
    auto entry = entry_from(std::move(draft), context, lamport_);
    entry.journal = head_.journal;
    entry.seq = head_.seq + 1;
    entry.prev = head_.id;
    auto item = make_item(entry, std::move(private_part));
    subjects.push_back(subject_of(entry, item.id));
    head_.seq = entry.seq;
    head_.id = item.id;
    range.items.push_back(std::move(item));
  }
  range.head = sign(head_);
  return range;
}

}  // namespace cunzheng::journal
