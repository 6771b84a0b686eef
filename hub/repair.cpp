#include "hub/repair.hpp"

#include "hub/setup.hpp"
#include "shared/crypto/system_random.hpp"
#include "sync/program/files.hpp"
#include "sync/program/store_repair.hpp"

namespace cunzheng::hub {
namespace {

std::filesystem::path epoch_due_in(const std::filesystem::path& store_folder) { return store_folder / "epoch.due"; }

}  // namespace

Status make_epoch_due(const std::filesystem::path& store_folder) {
  return program::write_file(epoch_due_in(store_folder), {});
}

bool is_epoch_due(const std::filesystem::path& store_folder) {
  std::error_code error;
  return std::filesystem::exists(epoch_due_in(store_folder), error);
}

Status epoch_has_begun(const std::filesystem::path& store_folder) {
  std::error_code error;
  std::filesystem::remove(epoch_due_in(store_folder), error);
  if (!error) return {};
  return fail(FailureCode::unavailable, {"删不了文件 epoch.due", "the file epoch.due cannot be removed"});
}

Result<program::Reply> repair(const std::filesystem::path& store_folder, const std::filesystem::path& machine_key) {
  crypto::SystemRandom random;
  TRY(const auto identity, read_identity(store_folder, machine_key));
  store::StoreOptions options;
  options.folder = store_folder;
  options.random = &random;
  TRY(const auto repaired,
      program::repair_store(options, identity.store_key, [&] { return make_epoch_due(store_folder); }));
  if (!repaired.report) return program::repair_reply(repaired, {"可以启动 serve", "run serve"});
  if (repaired.may_have_lost_own_words()) {
    return program::repair_reply(
        repaired,
        {"请启动 serve：中心会先开新的轮次，各村联网时把缺少的内容送回；区级办件记录只在本中心，请与纸质材料核对",
         "run serve: the hub begins a new epoch first, and villages give back what is missing as they connect. "
         "Credit files lie at this hub alone: compare them with the papers"});
  }
  CHECK(epoch_has_begun(store_folder));
  return program::repair_reply(repaired, {"请启动 serve：缺少的内容各村联网时送回",
                                          "run serve: villages give back what is missing as they connect"});
}

}  // namespace cunzheng::hub
