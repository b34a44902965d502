namespace FastRbm.Serialization;

/// <summary>Where the numbers of one row of a tensor are.</summary>
/// <typeparam name="T">The type of the numbers.</typeparam>
/// <param name="row">From 0 to the number of rows - 1, in order; a row is the last dimension of a tensor.</param>
/// <returns>A view as long as the row.</returns>
internal delegate ReadOnlySpan<T> RowSource<T>(int row)
    where T : unmanaged;
