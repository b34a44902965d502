namespace FastRbm.Kernels.Recall;

/// <summary>What became of one probe.</summary>
/// <param name="Sweeps">Sweeps that flipped at least one unit.</param>
/// <param name="Flips">Units flipped, over all sweeps.</param>
/// <param name="Settled">Whether no unit wants to flip any more.</param>
/// <param name="TwoCycle">Whether two states follow each other for ever; only for synchronous recall.</param>
/// <param name="TwiceEnergy">2 E in integers: -sum_i s_i (input_i + field_i).</param>
internal readonly record struct RecallSteps(int Sweeps, long Flips, bool Settled, bool TwoCycle, long TwiceEnergy);
