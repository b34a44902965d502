namespace FastRbm.Reference;
/// <summary>Nothing.</summary>
internal static class Placeholder;
