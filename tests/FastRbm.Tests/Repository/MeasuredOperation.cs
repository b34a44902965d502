namespace FastRbm.Tests.Repository;

/// <summary>Something that users call, for the table of allocated bytes.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Run">One call, repeatable.</param>
/// <param name="IsSetUp">Whether it makes objects that are used again; everything else must allocate nothing.</param>
internal sealed record MeasuredOperation(string Name, Action Run, bool IsSetUp = false);
