#include "client/repair.hpp"

#include "sync/program/store_repair.hpp"
#include "sync/store/commit_mark.hpp"

#include <algorithm>

namespace cunzheng::client {
namespace {

// Whether everything that this laptop wrote is still there.
bool is_own_journal_whole(const program::RepairedStore& repaired, const crypto::PublicKey& device_key) {
  const auto own = device_journal_in(*repaired.entries, device_key);
  if (!own || repaired.report->mark_was_lost) return false;
  // The mark names the ends of so many journals; with more of them the own one may not have been among them.
  if (repaired.entries->journals().size() > store::marked_heads_max) return repaired.report->commits_lost == 0;
  const auto& lost = repaired.report->heads_lost;
  return std::none_of(lost.begin(), lost.end(), [&](const auto& head) { return head.journal == own->journal; });
}

}  // namespace

Result<Reply> repair(const std::filesystem::path& folder, const program::Passphrase& passphrase,
                     const Surroundings& around) {
  TRY(const auto unlocked, unlock_folder(folder, passphrase));
  StateFile state(folder, unlocked.data_key, around.random);
  store::StoreOptions options;
  options.folder = folder;
  options.random = &around.random;
  TRY(const auto repaired,
      program::repair_store(options, unlocked.data_key, [&] { return state.cut_off(unlocked.device_key.public_key); }));
  if (!repaired.report) return program::repair_reply(repaired, {"可以继续使用", "go on as before"});
  around.log.warning("store_repaired", {{"kept_original", repaired.report->kept_original.filename().string()}});
  if (is_own_journal_whole(repaired, unlocked.device_key.public_key)) {
    CHECK(state.cut_off(std::nullopt));
    return program::repair_reply(repaired, {"请运行 sync，取回缺少的内容", "run sync: what is missing comes back"});
  }
  return program::repair_reply(
      repaired,
      {"本机写下的内容可能有缺失，编号不能接续：请重新登记（enrol）后再办理",
       "what this laptop wrote may be incomplete, so its numbers must not go on: enrol again before you issue"});
}

}  // namespace cunzheng::client
