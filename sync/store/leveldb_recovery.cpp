#include "sync/store/leveldb_folder.hpp"
#include "sync/store/leveldb_log.hpp"

namespace cunzheng::store {
namespace {

Status make_mended_copy(const StoreFolder& folder, const CommitMark& mark, const crypto::SymmetricKey& key,
                        Random* random) {
  CHECK(folder.copy_database());
  TRY(const auto logs, logs_of(folder.copy()));
  bool was_cut = false;
  for (const auto& log : logs) {
    TRY(const bool cut, cut_damaged_tail(log));
    was_cut = was_cut || cut;
  }
  if (!was_cut) return fail(FailureCode::unreadable, {"损坏的不是日志末尾", "the damage is not at the end of a log"});
  TRY(const auto engine, open_engine(folder.copy(), SealedDb::Care::open, folder, key, random));
  CHECK(is_mark_behind(*engine, mark));
  return {};
}

}  // namespace

Result<std::filesystem::path> recover(const StoreFolder& folder, const CommitMark& mark, const crypto::SymmetricKey& key,
                                      Random* random) {
  if (const auto made = make_mended_copy(folder, mark, key, random); !made) {
    CHECK(remove_all_of(folder.copy()));
    return tl::make_unexpected(made.error());
  }
  CHECK(move(folder.copy(), folder.recovered()));
  return folder.swap_in_recovered();
}

}  // namespace cunzheng::store
