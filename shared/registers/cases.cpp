#include "shared/registers/cases.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace cunzheng::registers {
namespace {

using journal::EntryId;
using journal::JournalKind;

struct Read {
  Stamp stamp;
  std::optional<journal::Entry> entry;  // none: damaged
  const std::optional<Bytes>* private_part = nullptr;
};

Read read(const Held& held) {
  Read out{{}, std::nullopt, &held.item.private_part};
  out.stamp.id = held.item.id;
  out.stamp.at = held.at;
  out.stamp.journal = held.at;
  auto entry = held.item.is_stub() ? Result<journal::Entry>(fail(FailureCode::unreadable, {}))
                                   : journal::parse_entry(held.item.entry);
  if (!entry) return out;
  const bool opens = entry->seq == 0;
  out.stamp.journal = opens ? journal::JournalId{held.item.id.value()} : entry->journal;
  out.stamp.seq = entry->seq;
  out.stamp.lamport = entry->lamport;
  out.stamp.claimed = entry->claimed;
  out.stamp.known_district = entry->known_district;
  out.stamp.known_body = entry->known_body;
  out.entry = *std::move(entry);
  return out;
}

// Each entry once, in the order of lamport, then id; of two copies the one that says more.
std::vector<Read> sorted(std::span<const Held> entries) {
  std::map<EntryId, const Held*> best;
  for (const auto& held : entries) {
    auto& kept = best[held.item.id];
    const auto says = [](const Held& one) { return (one.item.is_stub() ? 0 : 2) + (one.item.private_part ? 1 : 0); };
    if (!kept || says(*kept) < says(held)) kept = &held;
  }
  std::vector<Read> out;
  for (const auto& [id, held] : best) out.push_back(read(*held));
  std::stable_sort(out.begin(), out.end(),
                   [](const Read& a, const Read& b) { return a.stamp.lamport < b.stamp.lamport; });
  return out;
}

// What kind of subject it is, by the entry that opened it; where that is missing, by the first that tells.
enum class Sort { other, certificate, deliberation, inquiry, commitment, credit };

Sort sort_of(journal::BodyKind kind) {
  switch (kind.value()) {
    case journal::ApplicationOpened::kind:
    case journal::CertificateIssued::kind:
    case journal::CertificateSpoiled::kind:
    case journal::CertificateReissued::kind:
    case journal::ApplicationRefused::kind:
      return Sort::certificate;
    case journal::DeliberationRecorded::kind:
      return Sort::deliberation;
    case journal::InquiryRecorded::kind:
      return Sort::inquiry;
    case journal::CommitmentMade::kind:
    case journal::CommitmentAnswered::kind:
      return Sort::commitment;
    case journal::CreditDecided::kind:
    case journal::CreditStepTaken::kind:
      return Sort::credit;
    default:
      return Sort::other;
  }
}

class Folder {
 public:
  Folder(const domain::SubjectId& subject, const FactBook& facts) : facts_(facts) { out_.subject = subject; }

  Case fold(const std::vector<Read>& entries) {
    if (entries.empty()) return std::move(out_);
    find_frame(entries);
    for (const auto& each : entries) {
      if (each.entry && each.entry->kind.value() == journal::PrivatePartErased::kind) note_erasure(each);
    }
    for (const auto& each : entries) add(each);
    settle();
    return std::move(out_);
  }

 private:
  // Committee and sort of the subject, which its other entries must share.
  void find_frame(const std::vector<Read>& entries) {
    const Read* opener = nullptr;
    const Read* first = nullptr;
    for (const auto& each : entries) {
      if (!each.entry || !may_stand(each)) continue;
      if (each.stamp.id.value() == out_.subject.value()) opener = &each;
      if (!first && sort_of(each.entry->kind) != Sort::other) first = &each;
    }
    // Where the entry that opened it is damaged, or newer than this program, the others still tell.
    if (opener && (!first || sort_of(opener->entry->kind) != Sort::other)) first = opener;
    if (first) sort_ = sort_of(first->entry->kind);
    const auto& frame = opener ? *opener : first ? *first : entries.front();
    if (const auto* opening = facts_.opening_of(frame.stamp.journal)) out_.body = opening->body;
  }

  bool may_stand(const Read& each) const {
    const auto* opening = facts_.opening_of(each.stamp.journal);
    return opening && journal::may_stand_in(each.entry->kind, opening->journal_kind);
  }

  // The hub's district and office speak about every committee's subjects.
  bool of_this_committee(const Read& each) const {
    const auto* opening = facts_.opening_of(each.stamp.journal);
    return opening->body.empty() || opening->body == out_.body;
  }

  void note_erasure(const Read& each) {
    if (!may_stand(each) || !of_this_committee(each)) return;
    if (const auto body = journal::read_body<journal::PrivatePartErased>(*each.entry)) erased_.insert(body->entry);
  }

  void add(const Read& each) {
    if (!each.entry) {
      out_.unreadable.push_back(each.stamp);
      return;
    }
    const auto sort = sort_of(each.entry->kind);
    if (!may_stand(each) || (sort != Sort::other && (sort != sort_ || !of_this_committee(each)))) {
      out_.out_of_place.push_back(each.stamp);
      return;
    }
    switch (each.entry->kind.value()) {
      case journal::ApplicationOpened::kind:
        return put(each, applications_);
      case journal::CertificateIssued::kind:
        return put(each, certificate_.issued);
      case journal::CertificateSpoiled::kind:
        return put(each, certificate_.spoiled);
      case journal::CertificateReissued::kind:
        return put(each, certificate_.reissues);
      case journal::ApplicationRefused::kind:
        return put(each, certificate_.refused);
      case journal::DeliberationRecorded::kind:
        return put(each, deliberations_);
      case journal::InquiryRecorded::kind:
        return put(each, inquiries_);
      case journal::CommitmentMade::kind:
        return put(each, commitments_);
      case journal::CommitmentAnswered::kind:
        return put(each, answers_);
      case journal::CreditDecided::kind:
        return put(each, decisions_);
      case journal::CreditStepTaken::kind:
        return put(each, steps_);
      default:
        return check_readable(each);
    }
  }

  template <class Body>
  void put(const Read& each, std::vector<At<Body>>& to) {
    auto body = journal::read_body<Body>(*each.entry);
    if (!body) {
      note_unreadable(each, Body::version);
      return;
    }
    At<Body> at{each.stamp, *std::move(body), std::nullopt, PersonalPart::missing};
    if (erased_.contains(each.stamp.id)) {
      at.part = PersonalPart::erased;
    } else if (auto personal = journal::read_private<Body>(*each.private_part)) {
      at.personal = *std::move(personal);
      at.part = PersonalPart::present;
    }
    to.push_back(std::move(at));
  }

  void check_readable(const Read& each) {
    visit_kind(journal::AllBodies{}, each.entry->kind, [&](auto tag) {
      using Body = typename decltype(tag)::Type;
      if (!journal::read_body<Body>(*each.entry)) note_unreadable(each, Body::version);
    });
  }

  // A later version of a body is newer than this program, not damaged.
  void note_unreadable(const Read& each, std::uint16_t version_known) {
    if (each.entry->version <= version_known) out_.unreadable.push_back(each.stamp);
  }

  // Of what a subject has once, the first counts; another one cannot come from an honest writer.
  template <class Body>
  void rest_out_of_place(const std::vector<At<Body>>& all) {
    for (std::size_t k = 1; k < all.size(); ++k) out_.out_of_place.push_back(all[k].stamp);
  }

  void settle() {
    switch (sort_) {
      case Sort::certificate:
        if (!applications_.empty()) certificate_.application = applications_.front();
        rest_out_of_place(applications_);
        out_.what = std::move(certificate_);
        return;
      case Sort::deliberation:
        if (!deliberations_.empty()) out_.what = DeliberationCase{deliberations_.front()};
        rest_out_of_place(deliberations_);
        return;
      case Sort::inquiry:
        if (!inquiries_.empty()) out_.what = InquiryCase{inquiries_.front()};
        rest_out_of_place(inquiries_);
        return;
      case Sort::commitment:
        if (!commitments_.empty()) out_.what = CommitmentCase{commitments_.front(), std::move(answers_)};
        rest_out_of_place(commitments_);
        return;
      case Sort::credit:
        if (!decisions_.empty()) out_.what = CreditCase{decisions_.front(), std::move(steps_)};
        rest_out_of_place(decisions_);
        return;
      case Sort::other:
        return;
    }
  }

  const FactBook& facts_;
  Case out_;
  Sort sort_ = Sort::other;
  std::set<EntryId> erased_;
  CertificateCase certificate_;
  std::vector<At<journal::ApplicationOpened>> applications_;
  std::vector<At<journal::DeliberationRecorded>> deliberations_;
  std::vector<At<journal::InquiryRecorded>> inquiries_;
  std::vector<At<journal::CommitmentMade>> commitments_;
  std::vector<At<journal::CommitmentAnswered>> answers_;
  std::vector<At<journal::CreditDecided>> decisions_;
  std::vector<At<journal::CreditStepTaken>> steps_;
};

}  // namespace

const At<journal::CertificateSpoiled>* CertificateCase::spoiling(
    const At<journal::CertificateIssued>& certificate) const {
  // On a fork each branch spoils its own: a note applies to the certificate held in the same branch, or to the only
  // one.
  for (const auto& note : spoiled) {
    const auto same_branch = [&](const auto& each) { return each.stamp.at == note.stamp.at; };
    if (same_branch(certificate) || std::none_of(issued.begin(), issued.end(), same_branch)) return &note;
  }
  return nullptr;
}

Case fold(const domain::SubjectId& subject, std::span<const Held> entries, const FactBook& facts) {
  return Folder(subject, facts).fold(sorted(entries));
}

std::string minutes_code(const journal::EntryId& recorded) { return domain::check_code(recorded.value()); }

}  // namespace cunzheng::registers
