#include "shared/registers/publications.hpp"

#include <algorithm>

namespace cunzheng::registers {
namespace {

using journal::DataKind;

Status same_revision(std::uint32_t inside, std::uint32_t outside) {
  if (inside == outside) return {};
  return fail(FailureCode::bad_input, {"内容的版次与条目不符", "the content has another revision than the entry"},
              "revision", "R102");
}

// Reads and checks the content; `previous`: the next lower revision that counts.
Result<Published> read(const journal::EntryId& entry, const journal::DataPublished& body, const Published* previous) {
  Published out{entry, body.revision, body.effective_from, body.published_at, {}, {}, {}, {}};
  switch (body.data_kind) {
    case DataKind::catalogue: {
      TRY(auto catalogue, codec::decode<domain::Catalogue>(body.content));
      CHECK(same_revision(catalogue.revision, body.revision));
      if (catalogue.effective_from != body.effective_from) {
        return fail(FailureCode::bad_input,
                    {"生效日期与条目不符", "the content has another day of effect than the entry"}, "effective_from",
                    "R102");
      }
      CHECK(domain::check(catalogue, previous ? previous->catalogue.get() : nullptr));
      out.catalogue = std::make_shared<const domain::Catalogue>(std::move(catalogue));
      return out;
    }
    case DataKind::calendar: {
      TRY(const auto data, codec::decode<domain::CalendarData>(body.content));
      CHECK(same_revision(data.revision, body.revision));
      TRY(auto calendar, domain::Calendar::from(data));
      out.calendar = std::make_shared<const domain::Calendar>(std::move(calendar));
      return out;
    }
    case DataKind::quorums: {
      TRY(auto table, codec::decode<domain::QuorumTable>(body.content));
      CHECK(same_revision(table.revision, body.revision));
      CHECK(domain::check(table));
      out.quorums = std::make_shared<const domain::QuorumTable>(std::move(table));
      return out;
    }
    case DataKind::commitment_forms: {
      TRY(auto forms, codec::decode<domain::CommitmentForms>(body.content));
      CHECK(same_revision(forms.revision, body.revision));
      CHECK(domain::check(forms));
      out.commitment_forms = std::make_shared<const domain::CommitmentForms>(std::move(forms));
      return out;
    }
  }
  return fail(FailureCode::unreadable, {"数据种类不明", "unknown kind of data"});
}

}  // namespace

void Publications::add(const Order& order, const journal::DataPublished& body) {
  candidates_.try_emplace({body.revision, order}, Candidate{body, {}, false, {}, {}});
}

std::set<journal::EntryId> Publications::settle() {
  std::vector<Published> counting;
  for (auto& [key, candidate] : candidates_) {
    const auto& entry = key.second.second;
    const auto* previous = counting.empty() ? nullptr : &counting.back();
    if (previous && previous->revision == candidate.body.revision) {
      candidate.why_not = Text{"这一版次已有另一条", "another entry has this revision"};
      candidate.checked = false;
      continue;
    }
    const auto after = previous ? std::optional(previous->entry) : std::nullopt;
    if (!candidate.checked || candidate.after != after) {
      candidate.checked = true;
      candidate.after = after;
      auto published = read(entry, candidate.body, previous);
      candidate.why_not = published ? std::nullopt : std::optional(published.error().what);
      candidate.published = published ? *std::move(published) : Published{};
    }
    if (!candidate.why_not) counting.push_back(candidate.published);
  }
  std::set<journal::EntryId> before;
  std::set<journal::EntryId> now;
  for (const auto& each : counting_) before.insert(each.entry);
  for (const auto& each : counting) now.insert(each.entry);
  std::set<journal::EntryId> changed;
  std::set_symmetric_difference(before.begin(), before.end(), now.begin(), now.end(),
                                std::inserter(changed, changed.end()));
  counting_ = std::move(counting);
  return changed;
}

std::optional<Text> Publications::why_not(const journal::EntryId& entry) const {
  for (const auto& [key, candidate] : candidates_) {
    if (key.second.second == entry) return candidate.why_not;
  }
  return std::nullopt;
}

}  // namespace cunzheng::registers
