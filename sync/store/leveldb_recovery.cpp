#include "sync/store/leveldb_folder.hpp"

namespace cunzheng::store {
namespace {

Status make_tolerant_copy(const StoreFolder& folder, const CommitMark& mark, const crypto::SymmetricKey& key,
                          Random* random) {
  CHECK(copy_database(folder.db(), folder.copy()));
  // Twice: with tolerance, which makes tables of what the logs still hold, and then as strictly as ever.
  for (const auto care : {SealedDb::Care::tolerant, SealedDb::Care::paranoid}) {
    TRY(const auto engine, open_engine(folder.copy(), care, folder, key, random));
    CHECK(is_mark_behind(*engine, mark));
  }
  return {};
}

}  // namespace

Result<std::filesystem::path> recover(const StoreFolder& folder, const CommitMark& mark, const crypto::SymmetricKey& key,
                                      Random* random) {
  if (const auto made = make_tolerant_copy(folder, mark, key, random); !made) {
    CHECK(remove_all_of(folder.copy()));
    return tl::make_unexpected(made.error());
  }
  CHECK(move(folder.copy(), folder.recovered()));
  return folder.swap_in_recovered();
}

}  // namespace cunzheng::store
