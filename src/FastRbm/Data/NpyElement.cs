namespace FastRbm.Data;

/// <summary>How a .npy file stores a number.</summary>
/// <param name="Kind">'u' unsigned byte, 'b' boolean byte, 'f' IEEE float.</param>
/// <param name="Bytes">1, 4 or 8.</param>
/// <param name="BigEndian">Whether the most significant byte comes first.</param>
internal readonly record struct NpyElement(char Kind, int Bytes, bool BigEndian);
