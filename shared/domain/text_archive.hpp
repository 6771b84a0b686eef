#pragma once
// Text in bytes and in JSON: {"zh": "...", "en": "..."}. For data that people read and the district writes.

#include "shared/base/text.hpp"

#include <cereal/cereal.hpp>

namespace cunzheng {

template <class Archive>
void serialize(Archive& archive, Text& text) {
  archive(cereal::make_nvp("zh", text.zh), cereal::make_nvp("en", text.en));
}

}  // namespace cunzheng
