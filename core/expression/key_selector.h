// The key of a row: fields, or named expressions over them.
#pragma once

#include <string>
#include <vector>

#include "core/data/batch.h"
#include "core/expression/expression.h"

namespace leat::expression {

struct KeyPart {
  std::string name;       // the output field
  Expression expression;  // often nothing but a field
};

// Gives the key columns of a batch without copying those that are plain fields. Made once for an
// operator; the columns returned stay valid until the next call or the batch changes.
class KeySelector {
 public:
  explicit KeySelector(std::vector<KeyPart> parts);

  const std::vector<KeyPart>& parts() const { return parts_; }
  std::vector<data::Field> fields() const;

  // Rows whose key expression fails are noted in `errors`.
  std::span<const data::Column* const> select(const data::Batch& batch, RowErrors& errors);

 private:
  std::vector<KeyPart> parts_;
  std::vector<data::Column> computed_;
  std::vector<const data::Column*> selected_;
};

}  // namespace leat::expression
