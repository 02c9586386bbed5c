// Stands in for the package `long` in the bundle.
module.exports = null;
