namespace FastRbm.Evaluation;

/// <summary>One joint state of a small model.</summary>
/// <param name="Visible">Visible units, unit i in bit i.</param>
/// <param name="Hidden">Hidden units, unit j in bit j.</param>
/// <param name="Energy">E(v,h) in nats.</param>
/// <param name="Probability">exp(-E(v,h)) / Z.</param>
public readonly record struct JointState(int Visible, int Hidden, double Energy, double Probability);
