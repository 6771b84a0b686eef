#include "hub/publisher.hpp"

#include "shared/crypto/hash.hpp"

#include <set>

namespace cunzheng::hub {

using journal::DataKind;

std::vector<journal::OfficerSignature> sign_all(const std::vector<Signatory>& signatories, std::string_view tag,
                                                ByteView bytes) {
  std::vector<journal::OfficerSignature> out;
  for (const auto& signatory : signatories) {
    out.push_back({signatory.id, crypto::sign(signatory.keys.secret, tag, bytes)});
  }
  return out;
}

Status check_certified(const registers::FactBook& facts, const Signatory& signatory) {
  const auto* certified = facts.district_officer(signatory.id);
  if (certified != nullptr && certified->key == signatory.keys.public_key) return {};
  return fail(FailureCode::refused, {"不是根密钥确认过的区级人员", "not an officer certified by the root"}, "officer",
              "D18");
}

Publisher::Publisher(Ledger& ledger, const Directory& directory, const Clock& clock, Random& random)
    : ledger_(ledger), directory_(directory), clock_(clock), random_(random) {}

Status Publisher::check_signatories(const std::vector<Signatory>& signatories) const {
  const auto hub = directory_.facts().hub();
  if (!hub) return fail(FailureCode::unavailable, {"中心尚未由根密钥确认", "the hub is not certified by the root yet"});
  std::set<domain::OfficerId> different;
  for (const auto& signatory : signatories) {
    CHECK(check_certified(directory_.facts(), signatory));
    different.insert(signatory.id);
  }
  if (different.size() < hub->signatures_needed) {
    const auto needed = std::to_string(hub->signatures_needed);
    return fail(FailureCode::refused,
                {"需要" + needed + "名不同的区级人员签名", "needs the signatures of " + needed + " different officers"},
                "officer", "D18");
  }
  return {};
}

Result<Publisher::Content> Publisher::read(DataKind kind, std::string_view file) const {
  switch (kind) {
    case DataKind::catalogue: {
      TRY(const auto catalogue, domain::catalogue_from_json(file));
      const auto published = directory_.facts().published(DataKind::catalogue);
      const auto* previous = published.empty() ? nullptr : published.back()->catalogue.get();
      TRY(auto report, domain::check(catalogue, previous));
      return Content{codec::encode(catalogue), catalogue.revision, catalogue.effective_from,
                     std::move(report.warnings)};
    }
    case DataKind::calendar: {
      TRY(const auto calendar, domain::calendar_from_json(file));
      return Content{codec::encode(calendar), calendar.revision, std::nullopt, {}};
    }
    case DataKind::quorums: {
      TRY(const auto table, domain::quorum_table_from_json(file));
      return Content{codec::encode(table), table.revision, std::nullopt, {}};
    }
    case DataKind::commitment_forms: {
      TRY(const auto forms, domain::commitment_forms_from_json(file));
      return Content{codec::encode(forms), forms.revision, std::nullopt, {}};
    }
  }
  return fail(FailureCode::bad_input, {"数据种类不明", "unknown kind of data"}, "kind");
}

void Publisher::publish(DataKind kind, std::string_view file, std::optional<CivilDate> effective_from,
                        const std::vector<Signatory>& signatories, std::function<void(Result<PublishReport>)> done) {
  if (const auto allowed = check_signatories(signatories); !allowed) return done(tl::make_unexpected(allowed.error()));
  auto content = read(kind, file);
  if (!content) return done(tl::make_unexpected(content.error()));
  const auto newest = directory_.facts().newest_revision(kind);
  if (content->revision <= newest) {
    return done(fail(
        FailureCode::conflict,
        {"版次" + std::to_string(content->revision) + "没有大于已发布的" + std::to_string(newest),
         "revision " + std::to_string(content->revision) + " is not above the published " + std::to_string(newest)},
        "revision", "R102"));
  }
  if (content->bytes.size() + 4096 > journal::body_bytes_max) {
    const auto most = std::to_string(journal::body_bytes_max >> 20);
    return done(fail(FailureCode::bad_input,
                     {"数据太大，一个条目最多放" + most + " MiB，请精简文字", "too large: an entry holds at most " + most + " MiB"},
                     "content"));
  }

  journal::DataPublished published;
  published.data_kind = kind;
  published.revision = content->revision;
  const auto today = local_date(clock_.now());
  published.effective_from = content->effective_from.value_or(effective_from.value_or(today));
  published.published_at = clock_.now();
  published.content = std::move(content->bytes);
  published.signatures = sign_all(signatories, "published", published.signed_bytes());

  PublishReport report{published.revision, published.effective_from, {}, std::move(content->warnings)};
  std::vector<journal::Draft> drafts;
  drafts.push_back(journal::draft_of(published, {}, {}, random_));
  ledger_.write({journal::JournalKind::district, {}}, std::move(drafts),
                [report = std::move(report), done = std::move(done)](const Result<std::vector<journal::EntryId>>& ids) {
                  if (!ids) return done(tl::make_unexpected(ids.error()));
                  auto finished = report;
                  finished.entry = ids->front();
                  done(std::move(finished));
                });
}

Result<journal::Draft> Publisher::exclusion_list(std::uint32_t revision, std::span<const std::string> id_numbers,
                                                 const std::vector<Signatory>& signatories) {
  CHECK(check_signatories(signatories));
  const journal::ExclusionPrivate part{
      domain::make_exclusion_list(revision, local_date(clock_.now()), draw<16>(random_), id_numbers)};
  journal::ExclusionListPublished published;
  published.revision = revision;
  published.published_at = clock_.now();
  published.list_digest = crypto::tagged_hash("exclusion-list", codec::encode(part.list));
  published.signatures = sign_all(signatories, "exclusions", published.signed_bytes());
  return journal::draft_of(published, part, {}, random_);
}

}  // namespace cunzheng::hub
