import { describeRows } from './describe-rows.js';

describeRows('publisher');
